import type { Likely } from "../backend/backend.ts";
import type { Cidr } from "../domain/cidr.ts";
import { type Family, families } from "../domain/family.ts";
import type { InterfacePattern } from "../domain/interface-name.ts";
import type { Span } from "../domain/number.ts";
import type { Port } from "../domain/port.ts";
import { type Field, formatItem, isRest, itemsOf } from "../policy/field.ts";
import { fields, fieldsOf, inOrder } from "../policy/fields.ts";
import { ports } from "../policy/forms.ts";
import { makePolicy, type RedirectPolicy } from "../policy/redirect-policy.ts";
import { type Hook, hookOf, unknownPort } from "../rules/plan.ts";
import type { OwnAction, OwnRule } from "../rules/rule.ts";

/**
 * The policy that the rules of one dialect carry out, read back from them. What they have lost altogether nobody can
 * know; but a policy always asks for certain rules, for the same ones in both families, and in one order, so that its
 * plan shows what is missing, doubled or astray. What one family has and the other lacks counts as asked for: a rule is
 * lost more easily than it comes about.
 */
export function recoverPolicy(own: readonly Likely[]): RedirectPolicy {
	const known = own.map(contentsOf);
	return makePolicy(familiesOf(own, known), (direction) => {
		const hook = hookOf[direction];
		const rest = fieldsOf[direction].find(({ field }) => isRest(field.rule))?.field.rule.reason;
		const redirectsAll = known.some((contents) => contents.has(`${hook} ${rest}`));
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
	const found = known.flatMap((each) => each.get(about) ?? []);
	const subnets = whole(found.flatMap((content) => content.subnets));
	const ranges = longest(found.map(({ ports }) => ports));
	const others = [
		subnets,
		field.form === ports ? ranges.map(({ low }) => low) : ranges,
		longest(found.map(({ names }) => names)).map(({ name }) => name),
		longest(found.map(({ ids }) => ids)).map(({ low }) => low),
	];
	return others.find(({ length }) => length > 0) ?? [];
}

function longest<T>(lists: readonly Pieces<T>[]): readonly T[] {
	return lists.map(whole).reduce((best, next) => (next.length > best.length ? next : best), []);
}

/** A list as it stands in one rule or more. */
type Pieces<T> = readonly (readonly T[])[];

/** The very list where it is one, of which something may be known already (singlePorts in domain/port.ts). */
function whole<T>(pieces: Pieces<T>): readonly T[] {
	const [first = [], ...others] = pieces;
	return others.length === 0 ? first : pieces.flat();
}

/** What the rules of each table name. */
type Known = readonly Contents[];

/** No policy is without IPv4. A table of both families has a rule for the one that is off. */
function familiesOf(own: readonly Likely[], known: Known): readonly Family[] {
	const seesIpv6 = own.some(({ table }) => table.scope !== "ipv4");
	return seesIpv6 &&
		!known.some(
			(contents) => contents.has("prerouting ignore-family") || contents.has("output ignore-family"),
		)
		? families
		: ["ipv4"];
}

function redirectPort(known: Known, hook: Hook): Port {
	for (const contents of known) {
		for (const { hook: at, action } of contents.values()) {
			if (at === hook && action.kind === "redirect") {
				return action.ports.low as Port;
			}
		}
	}
	return unknownPort;
}

/** What the rules of ours name that stand in one chain for one reason, whether each names one thing or a set of them. */
interface RuleContent {
	readonly hook: Hook;
	readonly ports: (readonly Span[])[];
	readonly subnets: (readonly Cidr[])[];
	readonly names: (readonly InterfacePattern[])[];
	/** The numbers of users, or of groups where the reason is about them. */
	readonly ids: (readonly Span[])[];
	/** What the first of them does. */
	readonly action: OwnAction;
}

/** By hook and reason: there may be tens of thousands of rules, and a dozen questions. */
type Contents = ReadonlyMap<string, RuleContent>;

function contentsOf(own: Likely): Contents {
	const contents = new Map<string, RuleContent>();
	for (const { hook, rule } of own.rules()) {
		const { reason, action, conditions } = rule;
		const key = `${hook} ${reason}`;
		const content = contents.get(key) ?? { hook, action, ports: [], subnets: [], names: [], ids: [] };
		contents.set(key, content);
		for (const condition of conditions) {
			gather(content, condition);
		}
	}
	return contents;
}

function gather({ ports, subnets, names, ids }: RuleContent, condition: OwnRule["conditions"][number]): void {
	switch (condition.kind) {
		case "destination-port":
			ports.push(condition.ports);
			break;
		case "source":
		case "destination":
			subnets.push(condition.subnets);
			break;
		case "in-interface":
		case "out-interface":
			names.push(condition.names);
			break;
		case "uid":
		case "gid":
			ids.push(condition.ids);
			break;
	}
}

/** A policy as arguments of `shunt init`, so that it can be read, kept and applied again; or with `spell` to be read alone. */
export function policyArgs(policy: RedirectPolicy, spell: SpellList = spellList): string[] {
	const args = inOrder(fields, ["value"], ({ field }) => field.takes).flatMap(({ direction, field }) => {
		const isLost = field.takes === "value" && field.isRequired && policy[direction].proxyPort === unknownPort;
		const items = isLost ? [] : itemsOf(field, policy[direction]);
		return items.length === 0
			? []
			: [`--${field.flag}`, spell(items, (item) => `${formatItem(field, item)}`)];
	});
	return [...args, ...(policy.families.includes("ipv6") ? [] : ["--ipv6=false"])];
}

type SpellList = (items: readonly unknown[], format: (item: unknown) => string) => string;

function spellList(items: readonly unknown[], format: (item: unknown) => string): string {
	return items.map(format).join(",");
}
