import { statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { withSleeper } from "../support/sleeper.ts";
import { different, hold, standard } from "../support/standard-policy.ts";
import { type Seen, type SeenNamespace, seeStatus } from "../support/status-run.ts";

/** The native program has the first alone. */
const commands = process.env["SHUNT_PROGRAM"] === undefined ? ["status", "connections"] : ["status"];

describe("status --all", () => {
	it("finds every namespace once, whatever leads there, and sees each by itself", () =>
		withNetns("status", (equal) =>
			withNetns("status", (drifted) =>
				withNetns("status", (empty) =>
					withSleeper(drifted, (pid) => {
						hold(equal, "nft", standard);
						hold(drifted, "legacy", different);
						drifted.run("ip6tables-legacy", ["-t", "nat", "-F", "PROXY_INIT_OUTPUT"]);
						const seen = seeStatus(["--all"]);
						expect(seen.status).toBe(2);
						expect(seen.verdict).toBe("drift");
						const inodes = seen.namespaces.map(({ netns }) => netns.inode);
						expect(new Set(inodes).size).toBe(inodes.length);
						expect(find(seen, equal)).toMatchObject({
							verdict: "in-sync",
							netns: { name: equal.name, processes: 0 },
						});
						expect(find(seen, empty)).toMatchObject({ verdict: "no-rules", netns: { name: empty.name } });
						const there = find(seen, drifted);
						expect(there).toMatchObject({ verdict: "drift", netns: { name: drifted.name, processes: 1 } });
						expect(there?.netns.process).toMatchObject({ pid, command: "sleep" });
						expect(there?.drift.map(({ family, kind }) => `${family} ${kind}`)).toContain(
							"ipv6 missing-rule",
						);
						expect(inodes).toContain(`${statSync("/proc/self/ns/net").ino}`);
					}),
				),
			),
		));

	it("compares with flags where there are any", () =>
		withNetns("status", (netns) => {
			hold(netns, "nft", different);
			expect(find(seeStatus(["--all", ...different.args]), netns)?.verdict).toBe("in-sync");
			expect(find(seeStatus(["--all", ...standard.args]), netns)?.verdict).toBe("drift");
		}));

	it("passes over a name that no namespace is behind any more", () =>
		withNetns("status", (netns) => {
			hold(netns, "nft", standard);
			// In a mount namespace of its own, so that nobody else meets the stale name.
			const script = 'mount -t tmpfs none /run && mkdir /run/netns && touch /run/netns/stale && exec "$@"';
			const args = ["-m", "sh", "-c", script, "sh", shuntProgram, "status", "--all", "--output", "json"];
			const { status, stdout, stderr } = netns.try("unshare", args);
			expect([0, 2], stderr).toContain(status);
			const seen: Seen = JSON.parse(stdout);
			expect(seen.namespaces.map(({ netns: { name } }) => name)).not.toContain("stale");
			// Its own, which nobody else is in, and which no path leads to once it has left.
			expect(find(seen, netns)).toMatchObject({ verdict: "in-sync", netns: { processes: 0 } });
		}));

	it("names the processes whose namespace cannot be looked at", () =>
		withNetns("status", (netns) => {
			// A machine of three processes: a shell, one in a namespace that nothing else leads to, and status.
			const script = [
				"mount -t tmpfs none /run; unshare --net sleep 600 & other=$!",
				'while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done',
				'"$@"; echo "exit $?" >&2',
			].join("\n");
			const machine = ["--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh"];
			const lacking = ["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"];
			const run = (prefix: readonly string[], ...args: string[]) =>
				netns.try("unshare", [...machine, ...prefix, shuntProgram, "status", "--all", ...args]);
			const { stdout, stderr } = run(lacking, "--output", "json");
			expect(JSON.parse(stdout)).toMatchObject({ verdict: "unknown", unseen: [1, expect.any(Number)] });
			expect(stderr).toMatch(
				/--all: the network namespaces of 2 processes \(1, \d+\) .*SYS_PTRACE[\s\S]*exit 77/,
			);
			expect(run(lacking).stderr).toContain("could not be looked at");
			const seen = run([], "--output", "json");
			expect(JSON.parse(seen.stdout)).toMatchObject({ verdict: "no-rules", namespaces: [{}, {}] });
			expect(JSON.parse(seen.stdout)).not.toHaveProperty("unseen");
			expect(seen.stderr).toContain("exit 0");
		}));

	it.each([
		[
			"hides those of others",
			"mount -t proc -o hidepid=invisible proc /proc; exec setpriv --bounding-set -sys_ptrace --inh-caps -sys_ptrace",
			77,
			/--all: \/proc, mounted with hidepid=(?:invisible|2), may hide processes .*SYS_PTRACE/,
		],
		["is not there", "umount -l /proc; exec", 1, /--all: \/proc shows no processes, .*mount -t proc/],
	] as const)("does not say that it has seen all processes where /proc %s", (_, script, status, says) =>
		withNetns("status", (netns) => {
			hold(netns, "nft", standard);
			for (const command of commands) {
				const args = ["sh", "-c", `${script} "$@"`, "sh", shuntProgram, command, "--all", "--output", "json"];
				const seen = netns.try("unshare", ["--mount", "--pid", "--fork", ...args]);
				expect(seen.stderr).toMatch(says);
				expect(seen.status, seen.stdout).toBe(status);
				expect(JSON.parse(seen.stdout).verdict).toBe(command === "status" ? "unknown" : undefined);
			}
		}),
	);

	it("without permission: exit 77, and a word on each", () =>
		withNetns("status", (netns) =>
			withNetns("status", (other) => {
				const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all"];
				const args = [...nobody, "--inh-caps", "-all", shuntProgram, "status", "--all", "--output", "json"];
				const { status, stdout, stderr } = netns.try("setpriv", args);
				expect(status, stderr).toBe(77);
				const seen: Seen = JSON.parse(stdout);
				expect(find(seen, other)?.errors?.join()).toMatch(/operation not permitted|permission denied/i);
				expect(find(seen, netns)?.errors?.join()).toContain("NET_ADMIN");
				expect(new Set(seen.namespaces.map(({ verdict }) => verdict))).toEqual(new Set(["unknown"]));
			}),
		));
});

describe("the table of status", () => {
	it("has a line for each table with rules of ours, and says what differs and what comes first", () =>
		withNetns("status", (netns) => {
			netns.run("iptables-nft", [
				"-t",
				"nat",
				"-A",
				"OUTPUT",
				"-p",
				"tcp",
				"--dport",
				"5",
				"-j",
				"REDIRECT",
				"--to-ports",
				"6",
			]);
			hold(netns, "nft", standard);
			netns.run("ip6tables-nft", ["-t", "nat", "-D", "PROXY_INIT_OUTPUT", "1"]);
			const { status, stdout } = runShunt(["status", "--netns", netns.name]);
			expect(status).toBe(2);
			expect(stdout).toBe(
				`MODE  FAMILY  RULES  STATE
nft   ipv4    7      in sync
nft   ipv6    6      1 difference

Compared with what the rules themselves say. The rules that are there are those of:
  shunt init --incoming-proxy-port 4143 --outgoing-proxy-port 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190-4191

Differences:
  nft ipv6: rule 1 of chain PROXY_INIT_OUTPUT is missing, which ipv4 has: by user 2102: return [proxy-init/ignore-proxy-user-id]

Rules of others that come before ours:
  output, rule 1 of chain OUTPUT in table ip nat (nft): -p tcp -m tcp --dport 5 -j REDIRECT --to-ports 6

Other nat rules:
  table ip nat (nft): 1 rule

Not ruled out, since nothing tells how the rules were made (flags of the policy would, or --policy):
  mode nft: a rule about ignored or listed ports, subnets, interfaces, users or groups that was removed or added in both families (of a subnet, in its own)
  mode nft: another port of the proxy put into the redirecting rules in both families
`.replace("4190-4191", "4190,4191"),
			);
		}));

	it("of many namespaces names each, and says no more than there is to say", () =>
		withNetns("status", (netns) => {
			hold(netns, "legacy", standard);
			const { stdout } = runShunt(["status", "--all"]);
			const lines = stdout.split("\n");
			expect(lines[0]).toMatch(/^NAMESPACE +PROCESS +MODE +FAMILY +RULES +STATE$/);
			const mine = lines
				.filter((line) => line.startsWith(netns.name))
				.map((line) => line.split(/ +/).slice(1));
			expect(mine).toEqual([
				["-", "legacy", "ipv4", "7", "in", "sync"],
				["-", "legacy", "ipv6", "7", "in", "sync"],
			]);
		}));

	it("is in colour on a terminal alone, and not with NO_COLOR", () =>
		withNetns("status", (netns) => {
			hold(netns, "nft", standard);
			const command = [shuntProgram, "status", "--netns", netns.path].join(" ");
			const onTerminal = (env: NodeJS.ProcessEnv) =>
				netns.try("script", ["-qec", command, "/dev/null"], {
					env: { ...process.env, TERM: "xterm", ...env },
				}).stdout;
			const green = "\u001b[32m";
			expect(onTerminal({ NO_COLOR: "" })).toContain(green);
			expect(onTerminal({ NO_COLOR: "1" })).not.toContain("\u001b");
			expect(runShunt(["status", "--netns", netns.path]).stdout).not.toContain("\u001b");
		}));
});

function find({ namespaces }: Seen, { path }: Netns): SeenNamespace | undefined {
	const inode = `${statSync(path).ino}`;
	return namespaces.find(({ netns }) => netns.inode === inode);
}
