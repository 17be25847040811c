import { type Family, families } from "../domain/family.ts";
import type { Port } from "../domain/port.ts";
import { type Hook, hookOf } from "../plan/plan.ts";
import { type Field, isRest } from "../policy/field.ts";
import { fieldsOf } from "../policy/fields.ts";
import { ports } from "../policy/forms.ts";
import { makePolicy, type RedirectPolicy } from "../policy/redirect-policy.ts";
import { type Facts, factsOf } from "./fact.ts";
import type { Holding } from "./holding.ts";

/** No packet has it as its destination (see Port), so it can stand for one that no rule names any more. */
export const unknownPort = 0 as Port;

/**
 * The policy that the rules of one dialect carry out, read back from them. What they have lost altogether nobody can
 * know; but a policy always asks for certain rules, for the same ones in both families, and in one order, so that its
 * plan shows what is missing, doubled or astray. What one family has and the other lacks counts as asked for: a rule is
 * lost more easily than it comes about.
 */
export function recoverPolicy(holdings: readonly Holding[]): RedirectPolicy {
	const known = holdings.map(factsOf);
	return makePolicy(familiesOf(holdings, known), (direction) => {
		const hook = hookOf[direction];
		const rest = fieldsOf[direction].find(({ field }) => isRest(field.rule))?.field.rule.reason;
		const redirectsAll = known.some((facts) => facts.has(`${hook} ${rest}`));
		return ({ field }) => {
			const { reason, action } = field.rule;
			if (isRest(field.rule)) {
				return redirectPort(known, hook);
			}
			const isMoot = redirectsAll && action === "redirect";
			const items = isMoot ? [] : itemsAbout(known, `${hook} ${reason}`, field);
			return field.takes === "list" ? items : items[0];
		};
	});
}

/** Each family has its own subnets; all else is the same in both, and what one has lost the other may have. */
function itemsAbout(known: Known, about: string, field: Field): readonly unknown[] {
	const facts = known.flatMap((each) => each.get(about) ?? []);
	const subnets = facts.flatMap((fact) => fact.subnets);
	const ranges = longest(facts.map((fact) => fact.ports));
	const others = [
		subnets,
		field.form === ports ? ranges.map(({ low }) => low) : ranges,
		longest(facts.map((fact) => fact.names)),
		longest(facts.map((fact) => fact.ids)),
	];
	return others.find(({ length }) => length > 0) ?? [];
}

function longest<T>(lists: readonly (readonly T[])[]): readonly T[] {
	return lists.reduce((best, next) => (next.length > best.length ? next : best), []);
}

/** What each table says. */
type Known = readonly Facts[];

/** No policy is without IPv4. A table of both families has a rule for the one that is off. */
function familiesOf(holdings: readonly Holding[], known: Known): readonly Family[] {
	const seesIpv6 = holdings.some(({ scope }) => scope !== "ipv4");
	return seesIpv6 &&
		!known.some((facts) => facts.has("prerouting ignore-family") || facts.has("output ignore-family"))
		? families
		: ["ipv4"];
}

function redirectPort(known: Known, hook: Hook): Port {
	for (const facts of known) {
		for (const fact of facts.values()) {
			if (fact.hook === hook && fact.verdict.kind === "redirect") {
				return fact.verdict.port;
			}
		}
	}
	return unknownPort;
}
