import type { Command, CommandResult, Host } from "../host/host.ts";
import { BackendError } from "./backend-error.ts";

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
	const refused = refusalCode(host, stderr);
	const said = describe(tool, code, firstLine(stderr));
	const lack = refused === "refused" ? kernelLack(said) : undefined;
	return new BackendError(refused, lack === undefined ? said : `${lack}: ${said}`);
}

function describe(tool: string, code: number, said: string): string {
	const repeatsName = said.startsWith(tool) || said.startsWith(tool.replace(/-(legacy|nft)/, ""));
	const line = said === "" ? "no message" : said;
	return repeatsName ? `${line} (exit status ${code})` : `${tool}: ${line} (exit status ${code})`;
}

/**
 * The tool's own first line. Warnings about the other variant's tables and what modprobe says come before it and explain
 * less, and the nft variant breaks the line behind its name when the kernel refuses a rule.
 */
function firstLine(stderr: string): string {
	const lines = stderr.split("\n").map((line) => line.trim());
	const [first = "", second = ""] = lines.filter((line) => line !== "" && !/^(#|modprobe: )/.test(line));
	return first.endsWith(":") ? `${first} ${second}`.trim() : first;
}

/**
 * The nft variant says so when the kernel refuses for want of a capability; the legacy variant only "unable to
 * initialize table", which it also says on a kernel without ip_tables. The process's own capabilities tell them apart.
 */
function refusalCode(host: Host, stderr: string): "not-permitted" | "refused" {
	const said = /permission denied|operation not permitted|must be root/i.test(firstLine(stderr));
	return said || !mayAdministerNetwork(host) ? "not-permitted" : "refused";
}

/**
 * Whether a child of ours can hold CAP_NET_ADMIN: we have it, or the tool's file capabilities can bring it. The
 * latter need it in the bounding set and no_new_privs unset (capabilities(7), "Transformation of capabilities").
 */
function mayAdministerNetwork(host: Host): boolean {
	const status = host.readFile("/proc/self/status") ?? "";
	const set = (name: string) =>
		BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)`, "m").exec(status)?.[1] ?? "0"}`);
	const has = (name: string) => ((set(name) >> capNetAdmin) & 1n) === 1n;
	return has("CapEff") || (has("CapBnd") && set("NoNewPrivs") === 0n);
}

/** CAP_NET_ADMIN in linux/capability.h. */
const capNetAdmin = 12n;

/**
 * What the kernel lacks for a dialect, where the tool's own first line says so without doubt; undefined where it could
 * mean something else as well. The lines are those of iptables 1.8 and nft 1.0, and of the kernel's errno behind them.
 */
export function kernelLack(line: string): string | undefined {
	return lacks.find(({ pattern }) => pattern.test(line))?.lack;
}

const lacks: readonly { readonly pattern: RegExp; readonly lack: string }[] = [
	{
		// EPROTONOSUPPORT from socket(AF_NETLINK, …, NETLINK_NETFILTER), as in gVisor.
		pattern: /(Failed to initialize nft|Unable to initialize Netlink socket): Protocol not supported/,
		lack: "kernel has no nf_tables",
	},
	{
		// nfnetlink is there and nf_tables is not: EINVAL for its subsystem, as on older Container-Optimized OS.
		pattern:
			/Could not fetch rule set generation id: Invalid argument|cache initialization failed: Invalid argument/,
		lack: "kernel has no nf_tables",
	},
	{
		// ENOPROTOOPT from getsockopt(IPT_SO_GET_INFO), or ENOENT where the table's own module is missing, as on RHEL 9 and 10.
		pattern: /iptables who\? \(do you need to insmod\?\)|Table does not exist \(do you need to insmod\?\)/,
		lack: "kernel has no ip_tables with a nat table",
	},
	{
		// Without permission it says the same, but then nobody asks here.
		pattern: /\(legacy\): .*unable to initialize table 'nat'/,
		lack: "kernel has no ip_tables with a nat table",
	},
	{
		pattern: /Extension \S+ revision \d+ not supported, missing kernel module\?/,
		lack: "kernel lacks an xt module that iptables-nft needs",
	},
	{
		// The kernel's ENOENT for an expression, a chain type or a compat extension that it does not have.
		pattern: /(RULE_APPEND|RULE_INSERT|CHAIN_ADD|CHAIN_USER_ADD) failed \(No such file or directory\)/,
		lack: "kernel lacks a module behind this rule",
	},
];
