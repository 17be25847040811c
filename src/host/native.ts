import type { Family } from "../domain/family.ts";
import { harmless } from "../domain/harmless.ts";
import { childEnvironment } from "./child-environment.ts";
import { type Errno, hostError } from "./errno.ts";
import type { Command, CommandResult, Host, NetlinkProtocol, XtablesOperation } from "./host.ts";
import { type Netlink, nftTablesBy } from "./nft-tables.ts";
import { defaultPath } from "./program-path.ts";

/**
 * What the Rust program (native/src/functions.rs) offers to the code inside it: system calls with no policy of their
 * own. Failures come as values, because an exception made in Rust would not be a HostError.
 */
export interface NativeFunctions {
	/** Answers with a number for the child. One whose input is yet to be made waits for {@link feed}. */
	start(command: Command, environment: readonly string[]): number;
	/** Never blocks: what the child does not take at once it is given during {@link wait}. */
	feed(child: number, input: string): void;
	/**
	 * What became of the last so many that were started, in that order, once all of them have ended. One that was
	 * promised an input and has none is killed.
	 */
	wait(count: number): CommandResult[];
	/** As {@link findOnPath}, which has eleven folders to look into on many a node. */
	find(program: string, path: string): string | undefined;
	readFile(path: string): string | undefined;
	writeFile(path: string, text: string): Errno | undefined;
	appendFile(path: string, text: string): Errno | undefined;
	entries(folder: string): readonly string[] | undefined;
	fileIdentity(path: string): string | undefined;
	ownNetns(): string | undefined;
	isTerminal(): boolean;
	/** One variable of the environment. */
	variable(name: string): string | undefined;
	/** Those whose names begin so. */
	variables(prefix: string): Readonly<Record<string, string>>;
	stdin(): string | Errno;
	stdout(text: string): Errno | undefined;
	log(line: string): void;
	/** Logs a line of nothing but the printable characters of ASCII, and says whether it was one. */
	logPlain(line: string): boolean;
	enterNetns(path: string): Errno | undefined;
	enterNewNetns(): Errno | undefined;
	byteOrder(): "little" | "big";
	kernelRelease(): string;
	/** As {@link Host.loopbackAt}. */
	loopbackAt(index: number): string | undefined;
	/** As {@link Host.netlink}. */
	netlink(request: string, protocol: NetlinkProtocol): readonly string[] | Errno;
	/** As {@link Host.xtables}. */
	xtables(family: Family, operation: XtablesOperation, request: string): string | Errno;
	/** Takes a file's lock, as {@link Host.lock}, and answers with a number that gives it back. */
	lock(path: string, waitMs: number): number | Errno;
	unlock(lock: number): void;
	now(): number;
	pause(milliseconds: number): void;
	/**
	 * As {@link Host.sayWhileSlow}, for one that was made harmless, or one such as {@link logPlain} takes, but for an ellipsis
	 * at its end; says whether it was.
	 */
	sayWhileSlow(line: string | undefined, isHarmless: boolean): boolean;
	/**
	 * The `main` of a bundle that is not evaluated yet in the heap which the program begins with (native/src/heap.rs). That
	 * heap is five times as large in the file as such a bundle, so that only what every run needs belongs there.
	 */
	bundle<Main>(name: string): Main;
}

/**
 * What a bundle's `main` makes of these functions, once, when the program is built: it is in the heap that each run begins
 * with (native/src/heap.rs). The Rust program calls it with `argv[0]` and the other arguments; it answers with the exit status.
 */
export type NativeProgram = (invokedAs: string, argv: readonly string[]) => number;

/** The outside world as the native program shows it. Looks at nothing yet. */
export function createNativeHost(functions: NativeFunctions): Host {
	let path: string | undefined;
	const netlink: Netlink = {
		byteOrder: functions.byteOrder,
		netlink: (request, protocol = "netfilter") => functions.netlink(request, protocol),
	};
	return {
		run: (commands, whileRunning) => runCommands(functions, commands, whileRunning),
		find: (program) => {
			path ??= functions.variable("PATH") ?? defaultPath;
			return functions.find(program, path);
		},
		readFile: functions.readFile,
		writeFile: (path, text) => throwErrno(path, functions.writeFile(path, text)),
		appendFile: (path, text) => throwErrno(path, functions.appendFile(path, text)),
		entries: functions.entries,
		fileIdentity: functions.fileIdentity,
		ownNetns: functions.ownNetns,
		isTerminal: functions.isTerminal,
		env: functions.variable,
		stdin: () => readStandardInput(functions),
		stdout: (text) => throwErrno("standard output", functions.stdout(text)),
		log: (line) => {
			if (!functions.logPlain(line)) {
				functions.log(harmless(line));
			}
		},
		enterNetns: (path) => throwErrno(path, functions.enterNetns(path)),
		enterNewNetns: () => throwErrno("a new network namespace", functions.enterNewNetns()),
		...netlink,
		kernelRelease: functions.kernelRelease,
		loopbackAt: functions.loopbackAt,
		xtables: functions.xtables,
		lock: (path, waitMs) => {
			const taken = functions.lock(path, waitMs);
			return typeof taken === "number" ? () => functions.unlock(taken) : taken;
		},
		...nftTablesBy(netlink),
		now: functions.now,
		pause: functions.pause,
		sayWhileSlow: (line) => {
			if (!functions.sayWhileSlow(line, false) && line !== undefined) {
				functions.sayWhileSlow(harmless(line), true);
			}
		},
	};
}

/** No child is left behind, whatever happens meanwhile. */
function runCommands(
	functions: NativeFunctions,
	commands: readonly Command[],
	whileRunning?: () => void,
): CommandResult[] {
	const environment = environmentOfChildren(functions);
	const started: { readonly child: number; readonly stdin: Command["stdin"] }[] = [];
	const results: CommandResult[] = [];
	try {
		for (const command of commands) {
			started.push({ child: functions.start(command, environment), stdin: command.stdin });
		}
		for (const { child, stdin } of started) {
			if (typeof stdin === "function") {
				functions.feed(child, stdin());
			}
		}
		whileRunning?.();
	} finally {
		results.push(...functions.wait(started.length));
	}
	return results;
}

function environmentOfChildren(functions: NativeFunctions): string[] {
	const ours = { ...functions.variables("XTABLES_"), PATH: functions.variable("PATH") };
	return Object.entries(childEnvironment(ours)).map(([name, value]) => `${name}=${value}`);
}

function readStandardInput(functions: NativeFunctions): string {
	const read = functions.stdin();
	if (typeof read !== "string") {
		throw hostError("standard input", read);
	}
	return read;
}

function throwErrno(subject: string, errno: Errno | undefined): void {
	if (errno !== undefined) {
		throw hostError(subject, errno);
	}
}
