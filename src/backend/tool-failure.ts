import type { Family } from "../domain/family.ts";
import type { Command, CommandResult, Host } from "../host/host.ts";
import { BackendError, type Obstacle } from "./backend-error.ts";
import { canBeHeld, isStranger } from "./capabilities.ts";
import { explained, lackOf, type Piece } from "./kernel-lack.ts";

/** What a finished command says went wrong; undefined when nothing did. */
export function toolFailure(
	host: Host,
	command: Command,
	{ outcome, stderr }: CommandResult,
): BackendError | undefined {
	const tool = command.argv[0].split("/").at(-1) ?? command.argv[0];
	switch (outcome.kind) {
		case "not-started":
			return new BackendError(
				notThere.test(outcome.reason) ? "missing-tool" : "not-started",
				`${command.argv[0]}: could not be started: ${outcome.reason}${adviceFor(outcome.reason)}`,
			);
		case "timed-out":
			return new BackendError(
				"no-answer",
				`${tool}: gave no answer within ${command.timeoutMs / 1000} s and was ended; another program may be holding /run/xtables.lock`,
			);
		case "killed":
			return new BackendError("crashed", `${tool}: was killed by ${outcome.signal}`);
		case "exited":
			return outcome.code === 0 ? undefined : refusal(host, tool, outcome.code, stderr);
	}
}

/** What execve(2) says of a program that is not there or cannot be run, whoever starts it. */
const notThere =
	/no such file or directory|permission denied|exec format error|not a directory|too many symbolic links/i;

/** Names the limit that the system ran into, and where it can be raised. */
function adviceFor(reason: string): string {
	if (/too many open files/i.test(reason)) {
		return " (raise the limit on open files: ulimit -n, LimitNOFILE of a systemd unit)";
	}
	if (/temporarily unavailable|try again/i.test(reason)) {
		return " (the limit on processes is reached: ulimit -u, TasksMax of a systemd unit, pids.max of the control group)";
	}
	return /cannot allocate memory|not enough memory|out of memory/i.test(reason)
		? " (there is no memory left: memory.max of the control group)"
		: "";
}

function refusal(host: Host, tool: string, code: number, stderr: string): BackendError {
	const refused = refusalCode(host, tool, stderr);
	const said = describe(tool, code, firstLine(stderr));
	const lack = refused === "refused" ? lackOf(host, missingPieces(host, tool, stderr)) : undefined;
	return new BackendError(refused, explained(said, lack), { lack, obstacle: obstacleIn(host, stderr) });
}

/** By the words of iptables 1.8: xtables_lock in iptables/xshared.c, and of `-N` and `:CHAIN` in both variants. */
function obstacleIn(host: Host, stderr: string): Obstacle | undefined {
	// Whoever may not program rules gains nothing by a lock.
	return stderr.includes("can't open lock file")
		? canBeHeld(host, "NET_ADMIN")
			? "no-lock"
			: undefined
		: stderr.includes("Chain already exists")
			? "own-chains"
			: undefined;
}

function describe(tool: string, code: number, said: string): string {
	const repeatsName = said.startsWith(tool) || said.startsWith(tool.replace(/-(legacy|nft)/, ""));
	const line = said === "" ? "no message" : said;
	return repeatsName ? `${line} (exit status ${code})` : `${tool}: ${line} (exit status ${code})`;
}

/**
 * The tool's own first line. Warnings and what modprobe says come before it and explain less, and the nft variant breaks the
 * line behind its name when the kernel refuses a rule.
 */
function firstLine(stderr: string): string {
	const lines = stderr.split("\n").map((line) => line.trim());
	const telling = lines.filter((line) => line !== "" && !/^(#|modprobe: )/.test(line));
	const [first = "", second = ""] = telling.filter((line) => !/^Warning: /.test(line));
	return first === "" ? (telling[0] ?? "") : first.endsWith(":") ? `${first} ${second}`.trim() : first;
}

/**
 * The nft variant says so when the kernel refuses for want of a capability; the legacy variant only "unable to
 * initialize table", which it also says on a kernel without ip_tables. What the process may do tells them apart.
 */
function refusalCode(host: Host, tool: string, stderr: string): "not-permitted" | "refused" {
	const said = /permission denied|operation not permitted|must be root/i.test(firstLine(stderr));
	return said || !mayProgram(host, tool, stderr) ? "not-permitted" : "refused";
}

/** The legacy variant speaks to the kernel through a raw socket. */
function mayProgram(host: Host, tool: string, stderr: string): boolean {
	return (
		canBeHeld(host, "NET_ADMIN") &&
		(!isLegacy(tool, stderr) || canBeHeld(host, "NET_RAW")) &&
		!isStranger(host)
	);
}

function isLegacy(tool: string, stderr: string): boolean {
	return /legacy/.test(tool) || /\(legacy\)/.test(stderr);
}

/**
 * What the kernel lacks for a dialect, where the tool's own words say so without doubt; none where they could mean
 * something else as well. They are those of iptables 1.8 and nft 1.0, and of the kernel's errno behind them.
 */
function missingPieces(host: Host, tool: string, stderr: string): Piece[] {
	const extensions = [...stderr.matchAll(unknownExtension)].map(([, name = ""]) => name);
	if (isLegacy(tool, stderr)) {
		const family: Family = /^ip6/.test(tool) ? "ipv6" : "ipv4";
		return withoutNatTable.test(stderr)
			? [{ kind: "nat-table", family }]
			: extensions.map((name) => ({ kind: "extension", name, through: "x_tables" }));
	}
	return isWithoutNfTables(host, stderr)
		? [{ kind: "nf_tables" }]
		: [
				...extensions.map((name): Piece => ({ kind: "extension", name, through: "nf_tables" })),
				...(refusedRule.test(stderr) ? [unnamedPart] : []),
				...(refusedBaseChain.test(stderr) ? [{ kind: "nat-chain" } as const] : []),
				...pointedAt(stderr).flatMap(pieceOfNft),
			];
}

/** iptables-nft names extensions; unasked it adds a counter, which Linux has built in since 5.17. */
const unnamedPart: Piece = { kind: "part-of-rule", perhaps: "nft_counter" };

/** The tools say the same of an extension, or of a batch, that there is nobody to ask for. */
function isWithoutNfTables(host: Host, stderr: string): boolean {
	const isSaid = withoutNfTables.test(stderr);
	const mayBe = stderr.search(unknownExtension) >= 0 || notSupported.test(stderr);
	return isSaid || (mayBe && host.nftTables() === undefined && host.hiddenNftTables() === undefined);
}

/**
 * EPROTONOSUPPORT from socket(AF_NETLINK, …, NETLINK_NETFILTER), as in gVisor; or EINVAL for its subsystem, where
 * nfnetlink is there and nf_tables is not, as on older Container-Optimized OS.
 */
const withoutNfTables =
	/(Failed to initialize nft|Unable to initialize Netlink socket): Protocol not supported|(Could not fetch rule set generation id|cache initialization failed): Invalid argument/;

/** To a batch; of a kernel that has nf_tables it means something else. */
const notSupported = /Could not process rule: Operation not supported/;

/**
 * ENOPROTOOPT from getsockopt(IPT_SO_GET_INFO), or ENOENT where the table's own module is missing, as on RHEL 9 and 10.
 * Without permission it says the same, but then nobody asks here.
 */
const withoutNatTable =
	/iptables who\? \(do you need to insmod\?\)|Table does not exist \(do you need to insmod\?\)|unable to initialize table 'nat'/;

const unknownExtension = /Extension (\S+) revision \d+ not supported, missing kernel module\?/g;

/** The kernel's ENOENT for an expression or a compat extension that it does not have. */
const refusedRule = /(?:RULE_APPEND|RULE_INSERT) failed \(No such file or directory\)/;

/** The kernel's ENOENT for the type of a chain; chains of ours have none. */
const refusedBaseChain = /CHAIN_ADD failed \(No such file or directory\): chain (?:PREROUTING|OUTPUT)\b/;

/**
 * What nft points at with `^^^^` under the line of its input that the kernel had no such thing for (ENOENT). In what we
 * give it nothing can be missing but what the kernel itself should have.
 */
function pointedAt(stderr: string): string[] {
	const lines = stderr.split("\n");
	return lines.flatMap((line, index) => {
		const [text = "", marks = ""] = [lines[index + 1], lines[index + 2]];
		const from = marks.search(/\^/);
		return /Error: .*No such file or directory/.test(line) && from >= 0
			? [text.slice(from, marks.lastIndexOf("^") + 1)]
			: [];
	});
}

/** By the words of `type nat`, of a chain's name (in kernels that do not say more), or of a statement. */
function pieceOfNft(word: string): Piece[] {
	if (/^(?:nat|prerouting|output)\b/.test(word)) {
		return [{ kind: "nat-chain" }];
	}
	const [name] = /^(?:redirect|counter)\b/.exec(word) ?? [];
	return name === undefined ? [] : [{ kind: "expression", name: name === "redirect" ? "redir" : name }];
}
