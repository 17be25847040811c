import type { OwnTable } from "../backend/backend.ts";
import type { GivenPolicy } from "./given-policy.ts";

/** What is as someone may have wanted it, and may as well be a mistake: flags would tell, and none were given. */
export function remarksOn(
	own: readonly OwnTable[],
	{ given }: { readonly given: GivenPolicy | undefined },
): string[] {
	return given === undefined ? [...new Set([...oneFamily(own), ...own.flatMap(repetitions)])] : [];
}

/**
 * What may have happened to rules that were held against themselves alone. Policies differ in what follows, so that rules
 * with and without it are both as they would be for some policy.
 */
export function notRuledOut(own: readonly OwnTable[]): string[] {
	const unrecorded = own.filter(({ isRecorded }) => !isRecorded).map(({ table }) => table);
	const [first] = unrecorded;
	if (first === undefined) {
		return [];
	}
	const { dialect } = first;
	const isOne = unrecorded.length === 1;
	const everywhere = isOne ? `in ${first.scope}, the only table` : "in both families";
	const ofSubnets = isOne ? "" : " (of a subnet, in its own)";
	return [
		`mode ${dialect}: a rule about ignored or listed ports, subnets, interfaces, users or groups that was removed or added ${everywhere}${ofSubnets}`,
		`mode ${dialect}: another port of the proxy put into the redirecting rules ${everywhere}`,
	];
}

function oneFamily(own: readonly OwnTable[]): string[] {
	const tables = own.map(({ table }) => table);
	const lonely = tables.filter(
		({ dialect, scope }) =>
			scope === "ipv4" && !tables.some((other) => other.dialect === dialect && other.scope === "ipv6"),
	);
	return lonely.map(
		({ dialect }) => `mode ${dialect} has rules for IPv4 alone, which is right only if IPv6 was switched off`,
	);
}

/** Lists may name a thing twice, and then there are two rules for it. */
function repetitions({ chains, table: { dialect, scope } }: OwnTable): string[] {
	return chains.flatMap(({ name, rules }) =>
		repeatedIn(rules).map(
			(spec) =>
				`${dialect} ${scope}: chain ${name} has this rule more than once, which does no harm: ${spec}`,
		),
	);
}

function repeatedIn(rules: readonly string[]): string[] {
	const seen = new Set<string>();
	const again = rules.filter((spec) => {
		const isAgain = seen.has(spec);
		seen.add(spec);
		return isAgain && listed.test(spec);
	});
	return [...new Set(again)];
}

/** The comments of rules that come from a list; of any other there can only be one. */
const listed = /"proxy-init\/(?:ignore-(?:port|subnet|interface|user-id)|redirect-(?:outgoing-)?port)-/;
