import { describe, expect, it } from "vitest";
import { toolsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { standard } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const isNative = process.env["SHUNT_PROGRAM"] !== undefined;

/** A user that nobody is, so that no other process counts, with what init needs. */
const lonely = ["--reuid", "64987", "--regid", "64987", "--clear-groups"];
const mayAdminister = ["--inh-caps", "+net_admin", "--ambient-caps", "+net_admin"];

/** Where Node starts at all, and from where on it has enough, differs from release to release. */
const limits = {
	descriptors: [6, 7, 8, 9, 10, 11, 12, 14],
	processes: isNative ? [1, 2] : [6, 8, 10, 11, 12, 13, 14, 16],
};

const tooManyFiles = /could not be started: too many open files \(raise the limit/;

const modes = ["nft", "nftables", "legacy", "auto"];

if (isNative) {
	describe.each(modes)("init in mode %s", (mode) => {
		it("with too few descriptors says so, and nothing is left half", () =>
			withNetns("scarce", (netns) => {
				const runs = limits.descriptors.map((limit) => {
					const command = ["prlimit", `--nofile=${limit}`, shuntProgram];
					const { status, stderr } = init(netns, command, mode);
					expect(status === 0 || status === 1, `${limit}: ${stderr}`).toBe(true);
					if (status !== 0) {
						expect(ours(netns), `${limit}: ${stderr}`).toBe("");
					}
					netns.run(shuntProgram, ["clean"]);
					return stderr;
				});
				expectSaid(runs, tooManyFiles);
			}));
	});

	/** From one on even the first file that is read is one too many. */
	it.each([["clean"], ["status"], ["init", "--probe", "--iptables-mode", "auto"]])(
		"%s with too few descriptors does not say that a right is missing, or what works",
		(...args) =>
			withNetns("scarce", (netns) => {
				netns.run(shuntProgram, ["init", ...standard.args, "--iptables-mode", "legacy"]);
				const ends = [3, 4, 5].map((limit) =>
					netns.try("prlimit", [`--nofile=${limit}`, shuntProgram, ...args]),
				);
				for (const { status, stdout, stderr } of ends) {
					expect(stdout + stderr).not.toMatch(
						/permission|NET_ADMIN|no mode works here|nothing of ours|no rules/,
					);
					expect(status === 0 && args[0] !== "init", stdout).toBe(false);
				}
				expect(`${ends[0]?.stdout}${ends[0]?.stderr}`).toMatch(/descriptors|too many open files/);
				expect(ours(netns)).not.toBe("");
			}),
	);
} else {
	/** Node takes more to start than for a tool, so that the limit has to fall while it runs: here its first tool sees to that. */
	describe.each(["nft", "auto"])("init in mode %s", (mode) => {
		it("says so where they run out midway", () =>
			withNetns("scarce", (netns) =>
				withToolFolder((tools) => {
					tools.link(...toolsOf("nft"), "prlimit", "nft");
					tools.script("iptables-nft-restore", 'prlimit --nofile=3 --pid $PPID; exec "$real" "$@"');
					const args = ["init", ...standard.args, "--iptables-mode", mode, "--netns", netns.path];
					const { status, stderr } = runShunt(args, { env: tools.env });
					expect(status).toBe(1);
					expect(stderr).toMatch(/ipv6: \S+ip6tables-nft-restore: could not be started: too many open files/);
					expect(stderr).toMatch(/ipv4 could not be put back as it was .*too many open files/);
					expectSaid([stderr], tooManyFiles);
				}),
			));
	});
}

describe.each(modes)("init in mode %s", (mode) => {
	it("with too few processes says so", () =>
		withNetns("scarce", (netns) => {
			const runs = limits.processes.map((limit) => {
				const command = ["setpriv", ...lonely, ...mayAdminister, "prlimit", `--nproc=${limit}`, shuntProgram];
				return init(netns, command, mode).stderr;
			});
			expectSaid(
				runs,
				/could not be started: (?:try again|resource temporarily unavailable) \(the limit on processes/,
			);
		}));
});

function init(netns: Netns, [program = "", ...before]: readonly string[], mode: string) {
	// What the kernel is asked for takes no process, and one descriptor at a time.
	const byTools = ["--iptables-mode", mode, "--transport", "tools"];
	return netns.try(program, [...before, "init", ...standard.args, ...byTools]);
}

function ours(netns: Netns): string {
	const saved = ["legacy", "nft"].flatMap((variant) =>
		["", "6"].map((six) => netns.run(`ip${six}tables-${variant}-save`, ["-t", "nat"])),
	);
	const lines = [...saved, netns.run("nft", ["list", "ruleset"])].join("\n").split("\n");
	return lines.filter((line) => /PROXY_INIT|table inet shunt/.test(line)).join("\n");
}

/** By one of them at least; and by none of them what is not so. */
function expectSaid(runs: readonly string[], words: RegExp): void {
	expect(
		runs.some((stderr) => words.test(stderr)),
		runs.join("\n----\n"),
	).toBe(true);
	for (const stderr of runs) {
		expect(stderr).not.toMatch(/not found in PATH|is not installed|no mode works here|this is a bug/);
	}
}
