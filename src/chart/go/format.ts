import { formatFloat } from "./number.ts";
import { quote } from "./text.ts";
import { CallError, GoObject, sortedEntries, typeOf, unsupported, type Value } from "./value.ts";

/** fmt's `%v`, which is also what `toString`, `quote` and an action without a function make of a value. */
export function format(value: Value): string {
	if (Array.isArray(value)) {
		return `[${value.map(format).join(" ")}]`;
	}
	if (value instanceof Map) {
		return `map[${sortedEntries(value)
			.map(([key, item]) => `${key}:${format(item)}`)
			.join(" ")}]`;
	}
	if (value instanceof GoObject) {
		if (value.text === undefined) {
			throw unsupported(`${value.type} as text`);
		}
		return value.text;
	}
	return typeof value === "number" ? formatFloat(value) : value == null ? "<nil>" : String(value);
}

/**
 * What an action leaves in the output. Nothing at all is `<no value>`, which Helm takes out again at the end;
 * nil inside of something else stays `<nil>`.
 */
export function printAction(value: Value): string {
	return value == null ? "<no value>" : format(value);
}

/** fmt.Sprintf for `%s`, `%v`, `%q`, `%d`, `%t`, and `%.0f` of whole numbers. What fmt would complain about in its output is an error. */
export function sprintf(pattern: string, operands: readonly Value[]): string {
	let next = 0;
	const text = pattern.replace(/%(\.0f|.|$)/gsu, (directive, verb: string) => {
		if (verb === "%") {
			return "%";
		}
		if (next >= operands.length) {
			throw new CallError(`${directive} has no operand`);
		}
		return formatVerb(verb, operands[next++]);
	});
	if (next < operands.length) {
		throw new CallError(`${operands.length - next} more operands than directives`);
	}
	return text;
}

function formatVerb(verb: string, value: Value): string {
	if (verb === "v" || (verb === "s" && typeof value === "string")) {
		return format(value);
	}
	if (verb === "q" && typeof value === "string") {
		return quote(value);
	}
	if ((verb === "d" && typeof value === "bigint") || (verb === "t" && typeof value === "boolean")) {
		return String(value);
	}
	if (verb === ".0f" && Number.isInteger(value)) {
		return String(BigInt(value as number));
	}
	throw unsupported(`%${verb} of ${typeOf(value)}`);
}
