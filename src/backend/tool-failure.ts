import type { Command, CommandResult, Host } from "../host/host.ts";
import { BackendError } from "./backend-error.ts";
import { kernelLack } from "./kernel-lack.ts";

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

/** Of what the system ran out of, and where its limit is. */
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
