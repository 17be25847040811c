import { describe, expect, it } from "vitest";
import { type Family, families } from "../../src/domain/family.ts";
import { type Dialect, dialects, otherThan, restore, tablesOf, toolOf, toolsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { different, emptyTable, hold, linesOf, standard, tableOf } from "../support/standard-policy.ts";
import { type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

interface Place {
	readonly netns: Netns;
	readonly tools: ToolFolder;
}

describe.each(dialects)("%s, with a tool missing", (dialect) => {
	const other = otherThan(dialect);

	it("names it and the modes that would work, and touches nothing", () =>
		inPlace(({ netns, tools }) => {
			tools.link(...toolsOf(other));
			const before = rulesIn(netns);
			const { status, stderr } = init(netns, dialect, tools);
			expect(status).toBe(69);
			for (const tool of toolsOf(dialect)) {
				expect(stderr).toContain(tool);
			}
			expect(stderr).toMatch(new RegExp(`modes that work here: .*\\b${other}\\b`));
			expect(rulesIn(netns)).toEqual(before);
		}));

	it("names the IPv6 ones alone when only those are missing, and says that IPv4 alone works", () =>
		inPlace(({ netns, tools }) => {
			tools.link(...toolsOf(dialect, "ipv4"));
			const before = rulesIn(netns);
			const { status, stderr } = init(netns, dialect, tools);
			expect(status).toBe(69);
			expect(stderr).toContain(`${toolsOf(dialect, "ipv6").join(", ")}: not found`);
			expect(stderr).toContain("--ipv6=false");
			expect(rulesIn(netns)).toEqual(before);
			expect(init(netns, dialect, tools, ["--ipv6=false"]).status).toBe(0);
		}));

	it("says that no mode works when there is no tool at all", () =>
		inPlace(({ netns, tools }) => {
			const { status, stderr } = init(netns, dialect, tools);
			expect(status).toBe(69);
			expect(stderr).toContain("no mode works here");
		}));

	it("is not disturbed by a file of that name that cannot be run", () =>
		inPlace(({ netns, tools }) => {
			tools.link(...toolsOf(dialect, "ipv4"));
			tools.script(toolOf(dialect, "ipv4", "save"), "exit 1");
			tools.disable(toolOf(dialect, "ipv4", "save"));
			const { status, stderr } = init(netns, dialect, tools, ["--ipv6=false"]);
			expect(status).toBe(69);
			expect(stderr).toContain(`${toolOf(dialect, "ipv4", "save")}: not found`);
		}));
});

describe.each(dialects)("%s, with a tool that the kernel says no to", (dialect) => {
	it("quotes its first line and names the modes that would work", () =>
		inPlace(({ netns, tools }) => {
			tools.link(...toolsOf(otherThan(dialect)));
			for (const tool of toolsOf(dialect)) {
				const line = `${tool} v1.8.9 (${dialect}): ${tool}: unable to initialize table 'nat'`;
				tools.script(tool, `printf "%s\\n" "${line}" "" "Perhaps it needs to be upgraded." >&2; exit 3`);
			}
			const before = rulesIn(netns);
			const { status, stderr } = init(netns, dialect, tools);
			expect(status).toBe(69);
			for (const family of families) {
				const tool = toolOf(dialect, family, "restore");
				expect(stderr).toContain(`${tool}: unable to initialize table 'nat' (exit status 3)`);
			}
			expect(stderr).toMatch(new RegExp(`modes that work here: .*\\b${otherThan(dialect)}\\b`));
			expect(stderr).not.toContain("upgraded");
			expect(rulesIn(netns)).toEqual(before);
		}));

	it("says so as JSON too", () =>
		inPlace(({ netns, tools }) => {
			tools.link(...toolsOf(dialect));
			tools.script(toolOf(dialect, "ipv6", "restore"), "echo the kernel has no nat >&2; exit 3");
			const { status, stdout } = init(netns, dialect, tools, ["--output", "json"]);
			const { exitCode, errors }: { exitCode: number; errors: string[] } = JSON.parse(stdout);
			expect(exitCode).toBe(status);
			expect(errors.join("\n")).toContain("the kernel has no nat");
		}));
});

const foreign = "-p tcp -m tcp --dport 81 -j REDIRECT --to-ports 82";
const { prerouting } = standard;

const beginnings = [
	{ name: "nothing", lines: [] },
	{ name: "another policy of ours", lines: linesOf(different) },
	{
		name: "another policy of ours among foreign rules",
		lines: [`-A PREROUTING ${foreign}`, ...linesOf(different), `-A PREROUTING ${foreign}`],
	},
	{
		name: "our jumps twice with a foreign rule in between",
		lines: [
			...linesOf(different),
			`-A PREROUTING ${foreign}`,
			`-A PREROUTING ${prerouting}`,
			`-A OUTPUT ${foreign}`,
		],
	},
	{
		name: "half a set with a stray jump",
		lines: [
			":PROXY_INIT_REDIRECT - [0:0]",
			`-A PREROUTING ${foreign}`,
			"-A PREROUTING -j PROXY_INIT_REDIRECT",
		],
	},
] as const;

describe.each(dialects)("%s, when one family fails, the other", (dialect) => {
	for (const [working, failing] of [families, families.toReversed()] as [Family, Family][]) {
		it.each(beginnings)(`(${working}) goes back to $name`, ({ lines }) =>
			inPlace(({ netns, tools }) => {
				restore(netns, dialect, working, lines);
				const before = tablesOf(netns, dialect);
				tools.link(...toolsOf(dialect));
				tools.script(toolOf(dialect, failing, "restore"), "echo no room >&2; exit 4");
				const { status, stderr } = init(netns, dialect, tools);
				expect(status).toBe(69);
				expect(stderr).toMatch(new RegExp(`${failing}: \\S+: no room .*${working} was put back as it was`));
				expect(tablesOf(netns, dialect)).toEqual(before);
			}),
		);
	}

	it("is said to be changed when it cannot be put back", () =>
		inPlace(({ netns, tools }) => {
			tools.link(...toolsOf(dialect));
			tools.script(toolOf(dialect, "ipv6", "restore"), "echo no room >&2; exit 4");
			tools.script(
				toolOf(dialect, "ipv4", "restore"),
				'if [ -e "$0.used" ]; then echo worn out >&2; exit 4; fi; : >"$0.used"; exec "$real" "$@"',
			);
			const { status, stderr } = init(netns, dialect, tools);
			expect(status).not.toBe(0);
			expect(stderr).toContain("no room");
			expect(stderr).toMatch(/ipv4 could not be put back as it was \(.*worn out.*\)/);
			expect(stderr).toContain("shunt clean");
			expect(tablesOf(netns, dialect)).toEqual([tableOf(standard), emptyTable]);
			expect(runShunt(["clean", "--netns", netns.path]).status).toBe(0);
			expect(tablesOf(netns, dialect)).toEqual([emptyTable, emptyTable]);
		}));
});

describe.each(dialects)("%s, when a tool", (dialect) => {
	it.each(["restore", "save"] as const)("(%s) is killed, it is said so and nothing is left half", (verb) =>
		inPlace(({ netns, tools }) => {
			hold(netns, dialect, different);
			tools.link(...toolsOf(dialect));
			tools.script(toolOf(dialect, "ipv6", verb), "kill -KILL $$");
			const { status, stderr } = init(netns, dialect, tools);
			expect(status).toBe(1);
			expect(stderr).toContain(`${toolOf(dialect, "ipv6", verb)}: was killed by SIGKILL`);
			expect(tablesOf(netns, dialect)).toEqual([tableOf(different), tableOf(different)]);
		}),
	);

	it("does its work and then says that it failed, the table is believed", () =>
		inPlace(({ netns, tools }) => {
			tools.link(...toolsOf(dialect));
			tools.script(toolOf(dialect, "ipv6", "restore"), '"$real" "$@"; echo late >&2; exit 1');
			expect(init(netns, dialect, tools).status).toBe(0);
			expect(tablesOf(netns, dialect)).toEqual([tableOf(standard), tableOf(standard)]);
		}));
});

describe("a kernel that really refuses", () => {
	it("for a nat table that iptables-nft cannot read: its reason, while the other dialect works", () =>
		withNetns("alien", (netns) => {
			netns.run("nft", [
				"add table ip nat; add chain ip nat PREROUTING { type filter hook prerouting priority 0; }",
			]);
			const before = rulesIn(netns);
			const { status, stderr } = init(netns, "nft");
			expect([1, 69]).toContain(status);
			expect(stderr).toMatch(/ipv4: iptables-nft-restore.*failed.* \(exit status \d\)/);
			expect(rulesIn(netns)).toEqual(before);
			expect(init(netns, "legacy").status).toBe(0);
		}));

	it.each(dialects)("in %s, for a user that this user namespace does not have", (dialect) =>
		withNetns("unmapped", (netns) => {
			const script = '"$@"; echo "exit $?"; iptables-$0-save -t nat; ip6tables-$0-save -t nat';
			const args = ["init", ...standard.args, "--iptables-mode", dialect];
			const { stdout, stderr } = netns.try("unshare", [
				"--user",
				"--map-root-user",
				"--net",
				"sh",
				"-c",
				script,
				dialect,
				shuntProgram,
				...args,
			]);
			expect(stdout).toMatch(/^exit (?:1|69)$/m);
			expect(stdout).not.toContain("PROXY_INIT");
			expect(stderr).toMatch(
				/ipv4: ip\S+: .*failed|ipv4: ip\S+ v\S+ \(nf_tables\): line \d+: .*Invalid argument/,
			);
			// The tool's line tells nobody what is wrong, so the cause and what to do stand beside it.
			expect(stderr).toMatch(
				/user 2102 does not exist in this user namespace .*uid_map.*; map it, or choose/,
			);
			expect(stderr).toContain("modes that work here: nftables");
			const probed = netns.try("unshare", [
				...["--user", "--map-root-user", "--net", shuntProgram, "init", "--probe", "--proxy-uid", "2102"],
				...["--iptables-mode", dialect],
			]);
			expect(probed.status).toBe(69);
			expect(JSON.parse(probed.stdout)).toMatchObject({
				mode: { served: false },
				dialects: {
					[dialect]: { ok: false, message: expect.stringContaining("does not exist in this user namespace") },
					nftables: { ok: true },
				},
			});
		}),
	);
});

describe("in legacy, spoken to the kernel alone", () => {
	it("a user that this user namespace does not have is named, though only IPv4's table came to be", () =>
		withNetns("unmapped-direct", (netns) => {
			const { status, stderr } = netns.try("unshare", [
				...["--user", "--map-root-user", "--net", shuntProgram, "init", ...standard.args],
				...["--iptables-mode", "legacy", "--transport", "kernel"],
			]);
			expect(stderr).toMatch(/user 2102 does not exist in this user namespace .*uid_map/);
			expect(status).toBe(69);
		}));
});

function inPlace(test: (place: Place) => void) {
	return withNetns("failing", (netns) => withToolFolder((tools) => test({ netns, tools })));
}

/** The tools may leave an empty nat table, which does nothing; never a rule or a chain of ours. */
function rulesIn(netns: Netns): string[] {
	return snapshot(netns)
		.split("\n")
		.filter((line) => /^-A|^:\S+ -|^\tchain (?:PROXY|SHUNT)|^\t\t(?!type )/.test(line));
}

function init(netns: Netns, dialect: Dialect, tools?: ToolFolder, more: readonly string[] = []) {
	const args = ["init", ...standard.args, "--iptables-mode", dialect, "--netns", netns.path, ...more];
	return runShunt(args, tools && { env: tools.env });
}
