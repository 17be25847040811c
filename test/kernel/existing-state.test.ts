import { describe, expect, it } from "vitest";
import { type Family, families } from "../../src/domain/family.ts";
import {
	chainsOf,
	type Dialect,
	dialects,
	everyDialectAndFamily,
	restore,
	specsOf,
	tablesOf,
	toolOf,
	toolsOf,
} from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { different, hold, linesOf, standard, tableOf } from "../support/standard-policy.ts";
import { type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

const { prerouting: inbound, output: outbound } = standard;

/** Somebody else's rules; where a state does not care about them, they are left out in a second test. */
const foreign = {
	first: "-s 192.0.2.1/32 -j ACCEPT",
	middle: "-p tcp -m tcp --dport 81 -j FOREIGN",
	last: "-p tcp -m tcp --dport 82 -j REDIRECT --to-ports 83",
	chain: ['-p tcp -m comment --comment "somebody else\'s \\"rule\\"" -j REDIRECT --to-ports 84', "-j RETURN"],
};

interface State {
	readonly name: string;
	readonly outcome: "created" | "replaced" | "unchanged";
	readonly prerouting: readonly string[];
	readonly output: readonly string[];
	readonly redirect?: readonly string[];
	readonly outgoing?: readonly string[];
	/** What leads from the foreign chain into ours. */
	readonly detour?: string;
	/** How the built-in chains should look afterwards, where that is not as before. */
	readonly thenPrerouting?: readonly string[];
	readonly thenOutput?: readonly string[];
}

const { first, middle, last } = foreign;
const settled = {
	prerouting: [first, inbound, middle, last],
	output: [first, middle, outbound, last],
	redirect: standard.redirect,
	outgoing: standard.outgoing,
};
const unjumped = { prerouting: [first, middle, last], output: [first, middle, last] };
const appended = {
	thenPrerouting: [...unjumped.prerouting, inbound],
	thenOutput: [...unjumped.output, outbound],
};
const uncommented = "-j PROXY_INIT_REDIRECT";

const states: readonly State[] = [
	{ name: "nothing of ours", outcome: "created", ...unjumped, ...appended },
	{ name: "ours, and equal", outcome: "unchanged", ...settled },
	{ name: "ours for another policy", outcome: "replaced", ...settled, ...different },
	{
		name: "our chains without their jumps",
		outcome: "replaced",
		...settled,
		...unjumped,
		...appended,
	},
	{
		name: "our chains, empty and without jumps",
		outcome: "replaced",
		...unjumped,
		redirect: [],
		outgoing: [],
		...appended,
	},
	{
		name: "one jump missing",
		outcome: "replaced",
		...settled,
		output: unjumped.output,
		thenOutput: appended.thenOutput,
	},
	{
		name: "a jump twice",
		outcome: "replaced",
		...settled,
		prerouting: [first, inbound, middle, inbound, last],
		thenPrerouting: [first, inbound, middle, last],
	},
	{
		name: "both jumps three times, side by side",
		outcome: "replaced",
		...settled,
		prerouting: [first, middle, inbound, inbound, inbound, last],
		output: [outbound, outbound, outbound, first, middle, last],
		thenPrerouting: [first, middle, inbound, last],
		thenOutput: [outbound, first, middle, last],
	},
	{
		name: "rules missing",
		outcome: "replaced",
		...settled,
		redirect: standard.redirect.slice(1),
		outgoing: standard.outgoing.slice(0, 2),
	},
	{ name: "our chains empty", outcome: "replaced", ...settled, redirect: [], outgoing: [] },
	{
		name: "our rules in another order",
		outcome: "replaced",
		...settled,
		outgoing: standard.outgoing.toReversed(),
	},
	{
		name: "a rule twice",
		outcome: "replaced",
		...settled,
		redirect: [...standard.redirect, ...standard.redirect.slice(1)],
	},
	{
		name: "a rule that nobody of us would write",
		outcome: "replaced",
		...settled,
		redirect: ["-s 203.0.113.0/24 -j ACCEPT", ...standard.redirect],
	},
	{
		name: "our rules without their comments",
		outcome: "replaced",
		...settled,
		outgoing: [
			"-m owner --uid-owner 2102 -j RETURN",
			"-o lo -j RETURN",
			"-p tcp -j REDIRECT --to-ports 4140",
		],
	},
	{
		name: "only the inbound chain",
		outcome: "replaced",
		prerouting: settled.prerouting,
		redirect: settled.redirect,
		output: unjumped.output,
		thenOutput: appended.thenOutput,
	},
	{
		name: "only the outbound chain",
		outcome: "replaced",
		prerouting: unjumped.prerouting,
		thenPrerouting: appended.thenPrerouting,
		output: settled.output,
		outgoing: settled.outgoing,
	},
	{
		name: "a jump without its comment in place of ours",
		outcome: "replaced",
		...settled,
		prerouting: [first, uncommented, middle, last],
		thenPrerouting: appended.thenPrerouting,
	},
	{
		name: "a jump without its comment before ours",
		outcome: "replaced",
		...settled,
		prerouting: [first, uncommented, middle, inbound, last],
		thenPrerouting: [first, middle, inbound, last],
	},
	{
		name: "a jump without its comment before two of ours",
		outcome: "replaced",
		...settled,
		prerouting: [uncommented, inbound, inbound],
		thenPrerouting: [inbound],
	},
	{
		name: "a jump that is narrower than ours",
		outcome: "replaced",
		...settled,
		prerouting: ["-s 198.51.100.0/24 -j PROXY_INIT_REDIRECT", first, inbound, middle, last],
		thenPrerouting: [first, inbound, middle, last],
	},
	{
		name: "a goto in place of our jump",
		outcome: "replaced",
		...settled,
		prerouting: [first, inbound.replace("-j", "-g"), middle, last],
		thenPrerouting: appended.thenPrerouting,
	},
	{
		name: "the jumps of each hook in the other",
		outcome: "replaced",
		...settled,
		prerouting: [first, outbound, middle, last],
		output: [first, inbound, middle, last],
		outgoing: standard.outgoing.slice(2),
		...appended,
	},
	{
		name: "a jump from a foreign chain",
		outcome: "replaced",
		...settled,
		detour: "-p tcp -j PROXY_INIT_REDIRECT",
	},
];

describe.each(everyDialectAndFamily)("$dialect, $family: a namespace that holds", ({ dialect, family }) => {
	for (const state of states) {
		it(`${state.name}, and foreign rules`, () => expectRepair(dialect, family, state));
		it(state.name, () => expectRepair(dialect, family, withoutForeign(state)));
	}
});

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

function expectRepair(dialect: Dialect, family: Family, state: State) {
	return withNetns("existing", (netns) => {
		const other = families.find((each) => each !== family) ?? family;
		restore(netns, dialect, family, linesFor(state, family));
		const before = netns.natTable(dialect, family);

		const { status, stdout, stderr } = init(netns, dialect);
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

function linesFor(state: State, family: Family): string[] {
	const { prerouting, output, redirect, outgoing, detour } = state;
	const usesForeign = prerouting.includes(middle) || output.includes(middle) || detour !== undefined;
	const rules = (chain: string, specs: readonly string[] = []) =>
		specs.map((spec) => `-A ${chain} ${inFamily(spec, family)}`);
	return [
		...(redirect === undefined ? [] : [":PROXY_INIT_REDIRECT - [0:0]"]),
		...(outgoing === undefined ? [] : [":PROXY_INIT_OUTPUT - [0:0]"]),
		...(usesForeign ? [":FOREIGN - [0:0]"] : []),
		...rules("PREROUTING", prerouting),
		...rules("OUTPUT", output),
		...rules("PROXY_INIT_REDIRECT", redirect),
		...rules("PROXY_INIT_OUTPUT", outgoing),
		...(usesForeign ? rules("FOREIGN", [...foreign.chain, ...(detour === undefined ? [] : [detour])]) : []),
		...(usesForeign ? rules("POSTROUTING", ["-o eth9 -j MASQUERADE"]) : []),
	];
}

/** The documentation's addresses, IPv4's in the table of states. */
function inFamily(spec: string, family: Family): string {
	return family === "ipv4" ? spec : spec.replace(/\d+\.\d+\.(\d+)\.\d+\/(\d+)/, asIpv6);
}

function asIpv6(_: string, third: string, prefix: string): string {
	return prefix === "32" ? `2001:db8:${third}::1/128` : `2001:db8:${third}::/48`;
}

function withoutForeign(state: State): State {
	const ours = (specs: readonly string[]) => specs.filter((spec) => ![first, middle, last].includes(spec));
	return {
		...state,
		prerouting: ours(state.prerouting),
		output: ours(state.output),
		...(state.thenPrerouting === undefined ? {} : { thenPrerouting: ours(state.thenPrerouting) }),
		...(state.thenOutput === undefined ? {} : { thenOutput: ours(state.thenOutput) }),
	};
}

function init(netns: Netns, dialect: Dialect, tools?: ToolFolder) {
	const args = ["init", ...standard.args, "--iptables-mode", dialect, "--netns", netns.path];
	return runShunt([...args, "--output", "json", "--log-level", "warn"], tools && { env: tools.env });
}

function callsOf(tools: ToolFolder): string[] {
	return tools.calls().map((call) => call.split(" ")[0] ?? "");
}
