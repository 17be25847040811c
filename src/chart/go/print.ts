import { formatVerb, plainFlags } from "./format.ts";
import { typeOf } from "./kind.ts";
import { GoBytes, GoObject, type Value } from "./value.ts";

/** fmt.Sprint: operands side by side, with a space between two that are not strings. */
export function sprint(values: readonly Value[]): string {
	return values
		.map((value, i) => {
			const spaced = i > 0 && typeof value !== "string" && typeof values[i - 1] !== "string";
			return (spaced ? " " : "") + format(value);
		})
		.join("");
}

/** fmt.Sprintln: always a space, and a line feed at the end. */
export function sprintln(values: readonly Value[]): string {
	return `${values.map(format).join(" ")}\n`;
}

/** `%v`. */
export function format(value: Value): string {
	return typeof value === "string" ? value : formatVerb(value, "v", plainFlags);
}

/**
 * What an action leaves in the output. Nothing at all is `<no value>`, which Helm takes out again at the end;
 * nil inside of something else stays `<nil>`.
 */
export function printAction(value: Value): string {
	if (value === undefined || value === null) {
		return "<no value>";
	}
	if (value instanceof GoObject) {
		return value.text?.() ?? value.textOfPointer?.() ?? format(value).replace(/^&/, "");
	}
	return format(value);
}

/** sprig's strval: what `quote`, `toString` and the like see. */
export function toText(value: Value): string {
	return value instanceof GoBytes ? value.text : format(value);
}

/** `string=hi`, as fmt shows an operand that does not fit its verb. */
export function describe(value: Value): string {
	return `${typeOf(value)}=${format(value)}`;
}
