import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import {
	type Dialect,
	dialects,
	otherThan,
	restore,
	specsOf,
	tablesOf,
	toolOf,
	toolsOf,
} from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { emptyTable, hold, standard, tableOf } from "../support/standard-policy.ts";
import { realTool, type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

const nothing = [emptyTable, emptyTable];
const everything = [tableOf(standard), tableOf(standard)];
const foreign = "-p tcp -m tcp --dport 81 -j REDIRECT --to-ports 82";

describe("from mode to mode", () => {
	it("the rules move, and no other dialect keeps any", () =>
		withNetns("modes", (netns) => {
			for (const dialect of ["legacy", "nft", "legacy", "nft"] as const) {
				expect(init(netns, dialect).status).toBe(0);
				expect(tablesOf(netns, dialect)).toEqual(everything);
				expect(tablesOf(netns, otherThan(dialect))).toEqual(nothing);
			}
		}));

	it.each(dialects)(
		"plain, where it speaks %s, takes the other's place and then changes nothing",
		(dialect) =>
			withNetns("plain", (netns) =>
				withToolFolder((tools) => {
					tools.record(...toolsOf("legacy"), ...toolsOf("nft"));
					linkPlain(tools, dialect);
					expect(init(netns, otherThan(dialect), tools).status).toBe(0);
					expect(init(netns, "plain", tools).status).toBe(0);
					expect(tablesOf(netns, dialect)).toEqual(everything);
					expect(tablesOf(netns, otherThan(dialect))).toEqual(nothing);
					for (const mode of ["plain", dialect, "plain"] as const) {
						const again = init(netns, mode, tools);
						expect(outcomesOf(again)).toEqual(["unchanged", "unchanged"]);
					}
					expect(tablesOf(netns, dialect)).toEqual(everything);
				}),
			),
	);

	it.each(dialects)("to %s, foreign rules of both dialects stay where they are", (dialect) =>
		withNetns("foreign", (netns) => {
			const old = otherThan(dialect);
			for (const each of dialects) {
				holdForeign(netns, each);
			}
			expect(init(netns, old).status).toBe(0);
			expect(init(netns, dialect).status).toBe(0);
			for (const family of families) {
				const [left, taken] = [netns.natTable(old, family), netns.natTable(dialect, family)];
				expect(left).toEqual(foreignTable);
				expect(specsOf(taken, "PREROUTING")).toEqual([foreign, standard.prerouting]);
				expect(specsOf(taken, "OUTPUT")).toEqual([foreign, standard.output]);
			}
		}),
	);

	it.each(dialects)("to %s, the new rules are in before the old ones go", (dialect) =>
		withNetns("order", (netns) =>
			withToolFolder((tools) => {
				const old = otherThan(dialect);
				hold(netns, old, standard);
				tools.record(...toolsOf("legacy"), ...toolsOf("nft"));
				expect(init(netns, dialect, tools).status).toBe(0);
				const restores = tools.calls().flatMap((call) => /^\S+-restore/.exec(call)?.[0] ?? []);
				const steps = [dialect, old].map((each) =>
					families.map((family) => toolOf(each, family, "restore")).toSorted(),
				);
				expect([restores.slice(0, 2).toSorted(), restores.slice(2).toSorted()]).toEqual(steps);
			}),
		),
	);

	it.each(dialects)("to %s, a failure leaves the old rules as they are", (dialect) =>
		withNetns("stuck", (netns) =>
			withToolFolder((tools) => {
				const old = otherThan(dialect);
				expect(init(netns, old).status).toBe(0);
				tools.link(...toolsOf("legacy"), ...toolsOf("nft"));
				tools.script(toolOf(dialect, "ipv6", "restore"), "echo no >&2; exit 1");
				expect(init(netns, dialect, tools).status).not.toBe(0);
				expect(tablesOf(netns, old)).toEqual(everything);
				expect(tablesOf(netns, dialect)).toEqual(nothing);
			}),
		),
	);

	it.each(dialects)("to %s, without the other dialect's tools, is a warning and no failure", (dialect) =>
		withNetns("untooled", (netns) =>
			withToolFolder((tools) => {
				const old = otherThan(dialect);
				hold(netns, old, standard);
				tools.link(...toolsOf(dialect));
				const { status, stdout, stderr } = init(netns, dialect, tools);
				expect(status).toBe(0);
				const { warnings }: { warnings: string[] } = JSON.parse(stdout);
				expect(warnings.filter((warning) => warning.includes(old) && /not found/.test(warning))).toHaveLength(
					2,
				);
				expect(stderr).toMatch(/level=warning .*could not be removed/);
				expect(tablesOf(netns, dialect)).toEqual(everything);
				expect(tablesOf(netns, old)).toEqual(everything);
			}),
		),
	);
});

describe.each(dialects)("%s without IPv6", (dialect) => {
	it("after a run with it removes the IPv6 rules and leaves the IPv4 ones in peace", () =>
		withNetns("ipv4only", (netns) => {
			expect(init(netns, dialect).status).toBe(0);
			expect(outcomesOf(init(netns, dialect, undefined, ["--ipv6=false"]))).toEqual(["unchanged"]);
			expect(tablesOf(netns, dialect)).toEqual([tableOf(standard), emptyTable]);
		}));

	it("leaves foreign IPv6 rules", () =>
		withNetns("ipv4only", (netns) => {
			holdForeign(netns, dialect);
			expect(init(netns, dialect).status).toBe(0);
			expect(init(netns, dialect, undefined, ["--ipv6=false"]).status).toBe(0);
			expect(netns.natTable(dialect, "ipv6")).toEqual(foreignTable);
		}));

	it("after a run with it in the other dialect removes both families there", () =>
		withNetns("ipv4only", (netns) => {
			expect(init(netns, otherThan(dialect)).status).toBe(0);
			expect(init(netns, dialect, undefined, ["--ipv6=false"]).status).toBe(0);
			expect(tablesOf(netns, otherThan(dialect))).toEqual(nothing);
			expect(tablesOf(netns, dialect)).toEqual([tableOf(standard), emptyTable]);
		}));

	it("in a fresh namespace never starts an IPv6 tool", () =>
		withNetns("ipv4only", (netns) =>
			withToolFolder((tools) => {
				tools.record(...toolsOf("legacy"), ...toolsOf("nft"));
				expect(init(netns, dialect, tools, ["--ipv6=false"]).status).toBe(0);
				expect(tools.calls().map((call) => call.split(" ")[0])).toEqual([toolOf(dialect, "ipv4", "restore")]);
			}),
		));
});

const foreignTable = [
	...emptyTable.slice(0, -1),
	`-A PREROUTING ${foreign}`,
	`-A OUTPUT ${foreign}`,
	"COMMIT",
];

function holdForeign(netns: Netns, dialect: Dialect): void {
	for (const family of families) {
		restore(netns, dialect, family, [`-A PREROUTING ${foreign}`, `-A OUTPUT ${foreign}`]);
	}
}

/** What a distribution's alternatives do. */
function linkPlain(tools: ToolFolder, dialect: Dialect): void {
	for (const name of toolsOf(dialect)) {
		tools.script(name.replace(`-${dialect}`, ""), `exec ${realTool(name)} "$@"`);
	}
}

function init(netns: Netns, mode: Dialect | "plain", tools?: ToolFolder, more: readonly string[] = []) {
	const where = ["--netns", netns.path, "--iptables-mode", mode];
	const args = ["init", ...standard.args, ...where, ...more, "--output", "json"];
	return runShunt(args, tools && { env: tools.env });
}

function outcomesOf({ stdout }: { readonly stdout: string }): string[] {
	const reported: { outcome: string }[] = JSON.parse(stdout).families;
	return reported.map(({ outcome }) => outcome);
}
