import type { RedirectPolicy } from "../policy/redirect-policy.ts";
import type { Holding, SavedHolding } from "./holding.ts";

/** What is as someone may have wanted it, and may as well be a mistake: flags would tell, and none were given. */
export function remarksOn(
	holdings: readonly Holding[],
	{ policy }: { readonly policy: RedirectPolicy | undefined },
): string[] {
	return policy === undefined ? [...new Set([...oneFamily(holdings), ...holdings.flatMap(repetitions)])] : [];
}

function oneFamily(holdings: readonly Holding[]): string[] {
	const lonely = holdings.filter(
		({ dialect, scope }) =>
			scope === "ipv4" && !holdings.some((other) => other.dialect === dialect && other.scope === "ipv6"),
	);
	return lonely.map(
		({ dialect }) => `mode ${dialect} has rules for IPv4 alone, which is right only if IPv6 was switched off`,
	);
}

/** Lists may name a thing twice, and then there are two rules for it. */
function repetitions(holding: Holding): string[] {
	return holding.dialect === "nftables"
		? []
		: holding.own.chains.flatMap((chain) => repeated(chain, holding));
}

function repeated(
	{ name, rules }: SavedHolding["own"]["chains"][number],
	{ dialect, scope }: SavedHolding,
): string[] {
	const seen = new Set<string>();
	const again = rules.filter((spec) => {
		const isAgain = seen.has(spec);
		seen.add(spec);
		return isAgain && listed.test(spec);
	});
	return [...new Set(again)].map(
		(spec) => `${dialect} ${scope}: chain ${name} has this rule more than once, which does no harm: ${spec}`,
	);
}

/** The comments of rules that come from a list; of any other there can only be one. */
const listed = /"proxy-init\/(?:ignore-(?:port|subnet|interface|user-id)|redirect-(?:outgoing-)?port)-/;
