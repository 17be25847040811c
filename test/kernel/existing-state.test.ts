import { describe, expect, it } from "vitest";
import { type Family, families } from "../../src/domain/family.ts";
import { chainsOf, type Dialect, everyDialectAndFamily, restore, specsOf } from "../support/dialect.ts";
import { inFamily, linesFor, type State, states, withoutForeign } from "../support/existing-states.ts";
import { withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { standard, tableOf } from "../support/standard-policy.ts";

describe.each(everyDialectAndFamily)("$dialect, $family: a namespace that holds", ({ dialect, family }) => {
	for (const state of states) {
		it(`${state.name}, and foreign rules`, () => expectRepair(dialect, family, state));
		it(state.name, () => expectRepair(dialect, family, withoutForeign(state)));
	}
});

function expectRepair(dialect: Dialect, family: Family, state: State) {
	return withNetns("existing", (netns) => {
		const other = families.find((each) => each !== family) ?? family;
		restore(netns, dialect, family, linesFor(state, family));
		const before = netns.natTable(dialect, family);

		const { status, stdout, stderr } = init(netns.path, dialect);
		expect(stderr).toBe("");
		expect(status).toBe(0);
		expect(JSON.parse(stdout).families).toContainEqual({ family, outcome: state.outcome });

		const after = netns.natTable(dialect, family);
		const localized = (specs: readonly string[]) => specs.map((spec) => inFamily(spec, family));
		expect(specsOf(after, "PREROUTING")).toEqual(localized(state.thenPrerouting ?? state.prerouting));
		expect(specsOf(after, "OUTPUT")).toEqual(localized(state.thenOutput ?? state.output));
		expect(specsOf(after, "PROXY_INIT_REDIRECT")).toEqual(standard.redirect);
		expect(specsOf(after, "PROXY_INIT_OUTPUT")).toEqual(standard.outgoing);
		expect(specsOf(after, "POSTROUTING")).toEqual(specsOf(before, "POSTROUTING"));
		expect(specsOf(after, "FOREIGN")).toEqual(
			specsOf(before, "FOREIGN").filter((spec) => spec !== state.detour),
		);
		expect(new Set(chainsOf(after))).toEqual(
			new Set([...chainsOf(before), "PROXY_INIT_REDIRECT", "PROXY_INIT_OUTPUT"]),
		);
		expect(netns.natTable(dialect, other)).toEqual(tableOf(standard));
	});
}

function init(netns: string, dialect: Dialect) {
	const where = ["--iptables-mode", dialect, "--netns", netns];
	return runShunt(["init", ...standard.args, ...where, "--output", "json", "--log-level", "warn"]);
}
