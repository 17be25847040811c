import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { withSleeper } from "../support/sleeper.ts";
import { snapshot } from "../support/snapshot.ts";
import { hold, standard } from "../support/standard-policy.ts";
import { kindsOf, type Seen, seeStatus } from "../support/status-run.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
const withoutAny = ["--bounding-set", "-all", "--inh-caps", "-all"];
const withNetAdmin = ["--inh-caps", "+net_admin", "--ambient-caps", "+net_admin"];

describe("status without permission", () => {
	it.each([
		["root without NET_ADMIN", ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"]],
		["nobody", [...asNobody, ...withoutAny]],
		["root of another user namespace", ["unshare", "--user", "--map-root-user"]],
	])("as %s: exit 77, and what to do", (_, prefix) =>
		withNetns("status", (netns) => {
			hold(netns, "nft", standard);
			const before = snapshot(netns);
			const { status, stderr, stdout } = run(netns, prefix, ["status"]);
			expect(status).toBe(77);
			expect(stdout).toBe("");
			expect(stderr).toMatch(/NET_ADMIN/);
			expect(JSON.parse(run(netns, prefix, ["status", "--output", "json"]).stdout)).toMatchObject({
				exitCode: 77,
			});
			expect(snapshot(netns)).toBe(before);
		}),
	);

	it("to enter a namespace: exit 77, with its path", () =>
		withNetns("status", (netns) => {
			const { status, stderr } = run(netns, [...asNobody, ...withoutAny], ["status", "--netns", netns.path]);
			expect(status).toBe(77);
			expect(stderr).toContain(netns.path);
		}));

	it("to be told of legacy tables: what is unknown is not called in sync", () =>
		withNetns("status", (netns) => {
			hold(netns, "legacy", standard);
			const { status, stdout } = run(netns, [...asNobody, ...withNetAdmin], ["status", "--output", "json"]);
			expect(status).toBe(77);
			const seen: Seen = JSON.parse(stdout);
			expect(seen.verdict).toBe("unknown");
			expect(seen.namespaces[0]?.notRead.map(({ mode, family }) => `${mode} ${family}`)).toEqual([
				"legacy ipv4",
				"legacy ipv6",
			]);
		}));
});

describe("status without tools", () => {
	it("needs none where there is nothing", () =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				const seen = seeStatus(["--netns", netns.path], tools.env);
				expect(seen).toMatchObject({ status: 0, verdict: "no-rules" });
			}),
		));

	it.each(dialects)("reads %s rules with the programs of that dialect alone", (dialect) =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				hold(netns, dialect, standard);
				tools.record(`iptables-${dialect}-save`, `ip6tables-${dialect}-save`);
				expect(seeStatus(["--netns", netns.path], tools.env)).toMatchObject({
					status: 0,
					verdict: "in-sync",
				});
				expect(tools.calls().sort()).toEqual([
					`ip6tables-${dialect}-save -t nat`,
					`iptables-${dialect}-save -t nat`,
				]);
			}),
		),
	);

	it.each(dialects)("that can read %s rules: exit 69, and names them", (dialect) =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				hold(netns, dialect, standard);
				tools.link(`iptables-${dialect}-save`);
				const seen = seeStatus(["--netns", netns.path], tools.env);
				expect(seen).toMatchObject({ status: 69, verdict: "unknown" });
				expect(seen.namespaces[0]?.notRead).toContainEqual(
					expect.objectContaining({
						mode: dialect,
						family: "ipv6",
						why: `ip6tables-${dialect}-save is not installed`,
					}),
				);
			}),
		),
	);

	it("but iptables-nft's, takes nft's word that there are rules which it cannot compare", () =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				hold(netns, "nft", standard);
				tools.link("nft");
				expect(seeStatus(["--netns", netns.path], tools.env)).toMatchObject({
					status: 69,
					verdict: "unknown",
				});
			}),
		));

	it("to read what iptables-nft withholds for a rule that nft made: what is unknown is not called absent", () =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				hold(netns, "nft", standard);
				// As iptables-nft does with a table that it calls incompatible.
				tools.script("iptables-nft-save", "exit 0");
				tools.link("ip6tables-nft-save");
				const seen = seeStatus(["--netns", netns.path], tools.env);
				expect(seen).toMatchObject({ status: 69, verdict: "unknown" });
				expect(seen.namespaces[0]?.notRead).toMatchObject([
					{ family: "ipv4", table: "nat", why: "nft is not installed" },
				]);
			}),
		));

	it("to read our nftables table: exit 69", () =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				runShunt(["init", ...standard.args, "--iptables-mode", "nftables", "--netns", netns.path]);
				const seen = seeStatus(["--netns", netns.path], tools.env);
				expect(seen).toMatchObject({ status: 69, verdict: "unknown" });
				expect(seen.namespaces[0]?.notRead).toMatchObject([
					{ mode: "nftables", why: "nft is not installed" },
				]);
			}),
		));

	it("to read a table that is not ours: ours are in sync all the same", () =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				hold(netns, "legacy", standard);
				netns.run("nft", ["add", "table", "inet", "filter"]);
				tools.link("iptables-legacy-save", "ip6tables-legacy-save");
				const seen = seeStatus(["--netns", netns.path], tools.env);
				expect(seen).toMatchObject({ status: 0, verdict: "in-sync" });
				expect(seen.namespaces[0]?.notRead).toMatchObject([{ table: "filter", why: "nft is not installed" }]);
			}),
		));

	it.each([
		["fails", 'echo "iptables-save: something broke" >&2; exit 3', /something broke \(exit status 3\)/],
		["is killed", "kill -KILL $$", /was killed by SIGKILL/],
	])("that work: one that %s is exit 1 with its own words", (_, body, words) =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				hold(netns, "legacy", standard);
				tools.link("ip6tables-legacy-save");
				tools.script("iptables-legacy-save", body);
				const seen = seeStatus(["--netns", netns.path], tools.env);
				expect(seen).toMatchObject({ status: 1, verdict: "unknown" });
				expect(seen.namespaces[0]?.notRead[0]?.why).toMatch(words);
				// What could not be read is not said to be missing, with flags or without.
				expect(seen.namespaces[0]?.drift).toEqual([]);
				const withFlags = seeStatus(["--netns", netns.path, ...standard.args], tools.env);
				expect(withFlags).toMatchObject({ status: 1, verdict: "unknown" });
				expect(withFlags.namespaces[0]?.drift).toEqual([]);
			}),
		),
	);

	it("that print what can be read: nonsense from nft is exit 1", () =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				runShunt(["init", ...standard.args, "--iptables-mode", "nftables", "--netns", netns.path]);
				tools.script("nft", 'echo "nonsense {"');
				expect(seeStatus(["--netns", netns.path], tools.env)).toMatchObject({
					status: 1,
					verdict: "unknown",
				});
			}),
		));
});

describe("an nft that was built without JSON", () => {
	it("status cannot read our table with; init and clean do their work all the same", () =>
		withNetns("status", (netns) =>
			withToolFolder((tools) => {
				const run = (verb: string, ...args: string[]) =>
					runShunt([verb, "--netns", netns.path, ...args], { env: tools.env });
				tools.script(
					"nft",
					'for a in "$@"; do [ "$a" = -j ] && { echo "JSON support not compiled-in" >&2; exit 1; }; done; exec "$real" "$@"',
				);
				const init = () => run("init", ...standard.args, "--iptables-mode", "nftables");
				expect(init()).toMatchObject({ status: 0 });
				expect(init()).toMatchObject({ status: 0 });
				expect(netns.run("nft", ["list", "ruleset"]).match(/redirect to :4143/g)).toHaveLength(1);
				const seen = seeStatus(["--netns", netns.path, ...standard.args], tools.env);
				expect(seen).toMatchObject({ status: 1, verdict: "unknown" });
				expect(seen.namespaces[0]?.drift).toEqual([]);
				expect(seen.namespaces[0]?.notRead[0]?.why).toContain("JSON support not compiled-in");
				expect(run("clean").status).toBe(0);
				expect(netns.run("nft", ["list", "ruleset"])).toBe("");
			}),
		));
});

describe("status of what is not there", () => {
	it.each([
		["--netns", "no-such-namespace", "is not a network namespace"],
		["--netns", "/proc/self/ns/uts", "is not a network namespace"],
		["--pid", "4194304", "is not a running process"],
		["--pid", "0", "is not a valid process id"],
		["--pid", "x", "is not a valid process id"],
		["--output", "text", "is not known"],
		["--proxy-uid", "5", "is required"],
		["--incoming-proxy-port", "0", "is not a valid TCP port"],
		["--nothing", "5", "is not a flag of this program"],
	])("%s %s: exit 64, and what would do", (flag, value, complaint) => {
		const { status, stderr, stdout } = runShunt(["status", flag, value]);
		expect(status).toBe(64);
		expect(stderr).toContain(complaint);
		expect(stderr).toMatch(/^shunt status: --[\w-]+: .*\(want .+\)$/m);
		expect(stdout).toBe("");
	});

	it("one of --netns, --pid and --all is enough", () => {
		const { status, stderr } = runShunt(["status", "--all", "--pid", `${process.pid}`]);
		expect(status).toBe(64);
		expect(stderr).toContain("exclude each other");
	});

	it("every mistake is told at once, and in JSON too", () => {
		const { status, stdout } = runShunt([
			"status",
			"--pid",
			"x",
			"-p",
			"0",
			"-o",
			"4140",
			"--output",
			"json",
		]);
		expect(status).toBe(64);
		expect(JSON.parse(stdout).errors).toHaveLength(2);
	});
});

describe("status of a process", () => {
	it("looks into its namespace", () =>
		withNetns("status", async (netns) => {
			hold(netns, "nft", standard);
			const pid = await withSleeper(netns, (sleeper) => {
				const seen = seeStatus(["--pid", `${sleeper}`]);
				expect(seen).toMatchObject({ status: 0, verdict: "in-sync" });
				expect(kindsOf(seen.namespaces[0] ?? { drift: [] })).toEqual([]);
				return sleeper;
			});
			const dead = runShunt(["status", "--pid", `${pid}`]);
			expect(dead.status).toBe(64);
			expect(dead.stderr).toContain("is not a running process");
		}));
});

function run(netns: Netns, prefix: readonly string[], args: readonly string[]) {
	const [program = "", ...rest] = [...prefix, shuntProgram, ...args];
	return netns.try(program, rest);
}
