import { describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { type Dialect, dialects, restore, tablesOf, toolOf, toolsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { different, hold, linesOf, standard, tableOf } from "../support/standard-policy.ts";
import { type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

describe.each(dialects)("%s: the tools are started", (dialect) => {
	const expectCalls = (before: (netns: Netns) => void, verbs: readonly ("restore" | "save")[]) =>
		withNetns("calls", (netns) =>
			withToolFolder((tools) => {
				before(netns);
				tools.record(...toolsOf(dialect));
				expect(init(netns, dialect, tools).status).toBe(0);
				expect(callsOf(tools).toSorted()).toEqual(
					families.flatMap((family) => verbs.map((verb) => toolOf(dialect, family, verb))).toSorted(),
				);
			}),
		);

	it("once per family where there was nothing", () => expectCalls(() => {}, ["restore"]));

	it("to try and to look where our rules are in place", () =>
		expectCalls((netns) => hold(netns, dialect, standard), ["restore", "save"]));

	it("to try, to look, to replace and to look again where they differ", () =>
		expectCalls((netns) => hold(netns, dialect, different), ["restore", "save", "restore", "save"]));

	it("to write once where nothing was, also when the other family is mended", () =>
		withNetns("calls", (netns) =>
			withToolFolder((tools) => {
				restore(netns, dialect, "ipv6", linesOf(different));
				tools.record(...toolsOf(dialect));
				expect(init(netns, dialect, tools).status).toBe(0);
				const count = (name: string) => callsOf(tools).filter((call) => call === name).length;
				expect(count(toolOf(dialect, "ipv4", "restore"))).toBe(1);
				expect(count(toolOf(dialect, "ipv6", "restore"))).toBe(2);
				expect(count(toolOf(dialect, "ipv6", "save"))).toBe(2);
			}),
		));

	it("and from then on hold the policy once", () =>
		withNetns("calls", (netns) => {
			hold(netns, dialect, different);
			expect(init(netns, dialect).status).toBe(0);
			expect(tablesOf(netns, dialect)).toEqual([tableOf(standard), tableOf(standard)]);
		}));
});

function init(netns: Netns, dialect: Dialect, tools?: ToolFolder) {
	const args = ["init", ...standard.args, "--iptables-mode", dialect, "--netns", netns.path];
	return runShunt(args, tools && { env: tools.env });
}

function callsOf(tools: ToolFolder): string[] {
	return tools.calls().map((call) => call.split(" ")[0] ?? "");
}
