import { harmless } from "../domain/harmless.ts";
import { inputOf } from "./command-input.ts";
import {
	type Command,
	type CommandResult,
	type Errno,
	type HiddenTables,
	type Host,
	HostError,
	type NftTable,
} from "./host.ts";
import { MemoryNatTable } from "./memory-nat-table.ts";
import { runNft } from "./memory-nft-program.ts";
import { MemoryNftables } from "./memory-nftables.ts";

/** A host for unit tests: a fake kernel with the semantics that our programs rely on, and everything on record. */
export interface MemoryHost extends Host {
	/** Every command that ran, by program and arguments. */
	readonly commands: readonly string[];
	readonly output: readonly string[];
	readonly logged: readonly string[];
	/** By path; `/proc/self/net/ip_tables_names` and its IPv6 twin follow the fake kernel. */
	readonly files: Map<string, string>;
	readonly netns: string | undefined;
	/** The nat table of one family in one dialect, made on first use as the real kernel does. */
	natTable(dialect: "legacy" | "nft", family: "ipv4" | "ipv6"): MemoryNatTable;
	/** The tables of nf_tables that are not those of iptables-nft. */
	readonly nftables: MemoryNftables;
	/** Uninstalls a program. */
	uninstall(program: string): void;
	/** Takes a program's place: answers a run, or undefined to let the real thing go on. */
	intercept(program: string, answer: Answer): void;
}

/** A command with its input made. */
export type ToldCommand = Command & { readonly stdin: string };
export type Answer = (command: ToldCommand) => CommandResult | undefined;

export interface MemoryHostOptions {
	readonly env?: Readonly<Record<string, string>>;
	readonly stdin?: string;
	/** What the distribution's unadorned `iptables` speaks. */
	readonly plainSpeaks?: "legacy" | "nft";
	/** Whether nft is installed; it is not unless this says so. */
	readonly hasNft?: boolean;
	/** Network namespaces that can be entered. */
	readonly netnsPaths?: readonly string[];
	/** Why nf_tables does not tell of its tables. */
	readonly hiddenNftTables?: HiddenTables;
	/** In place of the fake kernel's refusals: it is spoken to through its tools. */
	readonly netlink?: Host["netlink"];
	readonly xtables?: Host["xtables"];
	/** Locks that somebody else has and does not give back. */
	readonly heldLocks?: readonly string[];
	/** Whether a namespace of its own may be had; one in which there is nothing yet. */
	readonly mayUnshare?: boolean;
	/** An old one where nothing is said: what a newer one tells by its own ways is a file then. */
	readonly kernelRelease?: string;
}

export function createMemoryHost(options: MemoryHostOptions = {}): MemoryHost {
	const tables = new Map<string, MemoryNatTable>();
	let nftables = new MemoryNftables();
	const missing = new Set<string>();
	const answers = new Map<string, Answer>();
	const commands: string[] = [];
	const output: string[] = [];
	const logged: string[] = [];
	const files = new Map<string, string>([["/proc/self/status", rootStatus]]);
	const hasNft = () => options.hasNft === true && !missing.has("nft");
	const locks = new Set(options.heldLocks);
	const fileIdentity = (path: string) =>
		files.has(path) ? `0:${[...files.keys()].indexOf(path)}` : undefined;
	let clock = 0;
	let netns: string | undefined;

	const natTable = (dialect: "legacy" | "nft", family: "ipv4" | "ipv6") => {
		const key = `${dialect} ${family}`;
		const table = tables.get(key) ?? new MemoryNatTable();
		tables.set(key, table);
		if (dialect === "legacy") {
			files.set(
				family === "ipv4" ? "/proc/self/net/ip_tables_names" : "/proc/self/net/ip6_tables_names",
				"nat\n",
			);
		}
		return table;
	};

	const runTool = (wanted: Command): CommandResult => {
		const command = { ...wanted, stdin: inputOf(wanted) };
		const program = command.argv[0].split("/").at(-1) ?? "";
		commands.push([program, ...command.argv.slice(1)].join(" "));
		const answered = answers.get(program)?.(command);
		if (answered === undefined && program === "nft" && hasNft()) {
			const { code, stdout, stderr } = runNft(nftables, command.argv.slice(1), command.stdin);
			return exited(code, stdout, stderr);
		}
		const tool = missing.has(program) ? undefined : toolNamed(program, options.plainSpeaks ?? "nft");
		return answered ?? (tool === undefined ? notStarted : runInKernel(command, tool));
	};

	const runInKernel = ({ argv, stdin }: ToldCommand, { dialect, family, verb }: Tool): CommandResult => {
		const [program] = argv;
		if (argv.includes("--version")) {
			return exited(0, `${program} v1.8.9 (${dialect === "nft" ? "nf_tables" : "legacy"})\n`);
		}
		const table = natTable(dialect, family);
		if (verb === "save") {
			return exited(0, table.save());
		}
		const complaint = table.restore(stdin);
		return complaint === undefined ? exited(0) : exited(1, "", `${program}: ${complaint}\n`);
	};

	return {
		commands,
		output,
		logged,
		files,
		get netns() {
			return netns;
		},
		natTable,
		get nftables() {
			return nftables;
		},
		uninstall: (program) => missing.add(program),
		intercept: (program, answer) => answers.set(program, answer),
		run: (wanted, whileRunning) => {
			const results = wanted.map(runTool);
			whileRunning?.();
			return results;
		},
		find: (program) => {
			const isInstalled = toolName.test(program) || answers.has(program) || (program === "nft" && hasNft());
			return isInstalled && !missing.has(program) ? `/usr/sbin/${program}` : undefined;
		},
		readFile: (path) => files.get(path),
		writeFile: (path, text) => {
			if (!files.has(path)) {
				throw new HostError("not-found", `${path}: no such file or directory`);
			}
			files.set(path, text);
		},
		appendFile: (path, text) => {
			files.set(path, (files.get(path) ?? "") + text);
		},
		entries: (folder) => {
			const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
			const names = inside.map((path) => path.slice(folder.length + 1).split("/")[0] ?? "");
			return inside.length === 0 ? undefined : [...new Set(names)];
		},
		fileIdentity,
		ownNetns: () => fileIdentity("/proc/self/ns/net"),
		isTerminal: () => false,
		env: (name) => options.env?.[name],
		stdin: () => options.stdin ?? "",
		stdout: (text) => output.push(text),
		log: (line) => logged.push(harmless(line)),
		enterNetns: (path) => {
			if (!(options.netnsPaths ?? []).includes(path)) {
				throw new HostError("not-found", `${path}: no such file or directory`);
			}
			netns = path;
		},
		enterNewNetns: () => {
			if (options.mayUnshare !== true) {
				throw new HostError("not-permitted", "a new network namespace: operation not permitted");
			}
			netns = "new";
			tables.clear();
			nftables = new MemoryNftables();
			files.delete("/proc/self/net/ip_tables_names");
			files.delete("/proc/self/net/ip6_tables_names");
		},
		nftTables: () =>
			options.hiddenNftTables === undefined
				? [
						...[...tables.keys()]
							.filter((key) => key.startsWith("nft "))
							.map((key): NftTable => ({ family: key.endsWith("ipv4") ? "ipv4" : "ipv6", name: "nat" })),
						...nftables.tables(),
					]
				: undefined,
		hiddenNftTables: () => options.hiddenNftTables,
		removeEmptyNftTable: ({ family, name }) => {
			const key = `nft ${family}`;
			const isEmpty = tables.get(key)?.isEmpty() === true && name === "nat";
			return isEmpty && tables.delete(key);
		},
		byteOrder: () => "little",
		kernelRelease: () => options.kernelRelease ?? "5.10.0",
		loopbackAt: () => undefined,
		netlink: options.netlink ?? (() => fakeLacks("EPROTONOSUPPORT", 93)),
		xtables: options.xtables ?? (() => fakeLacks("ENOPROTOOPT", 92)),
		lock: (path, waitMs) => {
			if (locks.has(path)) {
				clock += waitMs;
				return { name: "EAGAIN", number: 11, message: "resource temporarily unavailable" };
			}
			locks.add(path);
			return () => locks.delete(path);
		},
		now: () => clock++,
		pause: (milliseconds) => {
			clock += milliseconds;
		},
		sayWhileSlow: () => {},
	};
}

/** As a kernel without the thing refuses it, so that a program turns to the tools, and with a message that says whose doing it is. */
function fakeLacks(name: string, number: number): Errno {
	return { name, number, message: "not supported by this fake kernel" };
}

interface Tool {
	readonly dialect: "legacy" | "nft";
	readonly family: "ipv4" | "ipv6";
	readonly verb: "restore" | "save";
}

const toolName = /^ip(6?)tables(-legacy|-nft)?-(restore|save)$/;

function toolNamed(program: string, plainSpeaks: Tool["dialect"]): Tool | undefined {
	const [, six, infix, verb] = toolName.exec(program) ?? [];
	if (verb === undefined) {
		return undefined;
	}
	return {
		dialect: infix === undefined ? plainSpeaks : infix === "-nft" ? "nft" : "legacy",
		family: six === "6" ? "ipv6" : "ipv4",
		verb: verb === "save" ? "save" : "restore",
	};
}

/** The capabilities of root in a fresh user namespace. */
const rootStatus = "CapEff:\t000001ffffffffff\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t0\n";

const notStarted: CommandResult = {
	outcome: { kind: "not-started", reason: "no such file or directory" },
	stdout: "",
	stderr: "",
};

function exited(code: number, stdout = "", stderr = ""): CommandResult {
	return { outcome: { kind: "exited", code }, stdout, stderr };
}
