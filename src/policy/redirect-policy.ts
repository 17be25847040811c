import type { Family } from "../domain/family.ts";
import type { Direction } from "./condition.ts";
import type { ListForm, Row, ValueForm } from "./field.ts";
import { fieldsOf, type inbound, type outbound, type PolicyField } from "./fields.ts";

/** What should happen to a pod's TCP traffic. Everything not exempted goes to the proxy. */
export interface RedirectPolicy {
	/** Never empty, without repetition, IPv4 first. */
	readonly families: readonly Family[];
	readonly inbound: InboundPolicy;
	readonly outbound: OutboundPolicy;
}

/** What stands in a table's fields, by their names. */
type PolicyOf<Rows extends readonly Row[]> = {
	readonly [Field in Extract<Rows[number], { readonly name: string }> as Field["name"]]: ValueOf<Field>;
};

type ValueOf<Field extends { readonly form: unknown }> =
	Field["form"] extends ListForm<infer Item>
		? readonly Item[]
		: Field["form"] extends ValueForm<infer Value>
			? Value
			: never;

export type InboundPolicy = PolicyOf<typeof inbound>;
type OutboundPolicy = PolicyOf<typeof outbound>;

/** A policy whose fields are read one after the other; each has to be answered with what it holds. */
export function makePolicy(
	families: readonly Family[],
	readerOf: (direction: Direction) => (each: PolicyField) => unknown,
): RedirectPolicy {
	const section = (direction: Direction) => {
		const read = readerOf(direction);
		const values: Record<string, unknown> = {};
		for (const each of fieldsOf[direction]) {
			values[each.field.name] = read(each);
		}
		return values as unknown;
	};
	return {
		families,
		inbound: section("inbound") as InboundPolicy,
		outbound: section("outbound") as OutboundPolicy,
	};
}
