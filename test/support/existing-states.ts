import type { Family } from "../../src/domain/family.ts";
import { different, standard } from "./standard-policy.ts";

const { prerouting: inbound, output: outbound } = standard;

/** Somebody else's rules; where a state does not care about them, they are left out in a second test. */
const foreign = {
	first: "-s 192.0.2.1/32 -j ACCEPT",
	middle: "-p tcp -m tcp --dport 81 -j FOREIGN",
	last: "-p tcp -m tcp --dport 82 -j REDIRECT --to-ports 83",
	chain: ['-p tcp -m comment --comment "somebody else\'s \\"rule\\"" -j REDIRECT --to-ports 84', "-j RETURN"],
};

/** What one family of a namespace holds before `shunt init` applies the standard policy, and what it should then. */
export interface State {
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

export const states: readonly State[] = [
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

/** As lines for `iptables-restore`. */
export function linesFor(state: State, family: Family): string[] {
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
export function inFamily(spec: string, family: Family): string {
	return family === "ipv4" ? spec : spec.replace(/\d+\.\d+\.(\d+)\.\d+\/(\d+)/, asIpv6);
}

function asIpv6(_: string, third: string, prefix: string): string {
	return prefix === "32" ? `2001:db8:${third}::1/128` : `2001:db8:${third}::/48`;
}

/** The same state with nobody else about. */
export function withoutForeign(state: State): State {
	const ours = (specs: readonly string[]) => specs.filter((spec) => ![first, middle, last].includes(spec));
	return {
		...state,
		prerouting: ours(state.prerouting),
		output: ours(state.output),
		...(state.thenPrerouting === undefined ? {} : { thenPrerouting: ours(state.thenPrerouting) }),
		...(state.thenOutput === undefined ? {} : { thenOutput: ours(state.thenOutput) }),
	};
}
