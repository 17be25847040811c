import type { ApiObject } from "./store.ts";

/** `a=b,c!=d` over labels or over fields such as `spec.nodeName`: what clients commonly ask for. */
export function selects(query: URLSearchParams): (object: ApiObject) => boolean {
	const labels = parse(query.get("labelSelector"));
	const fields = parse(query.get("fieldSelector"));
	return (object) =>
		labels.every((term) => term.holds(object.metadata.labels?.[term.key])) &&
		fields.every((term) => term.holds(field(object, term.key)));
}

function parse(selector: string | null) {
	return (selector ?? "")
		.split(",")
		.filter((term) => term !== "")
		.map((term) => {
			const [, key = "", operator, wanted] = /^([^!=]+)(!=|==?)?(.*)$/.exec(term) ?? [];
			return { key, holds: (value: string | undefined) => matches(operator, wanted, value) };
		});
}

function matches(operator: string | undefined, wanted: string | undefined, value: string | undefined) {
	if (operator === undefined) {
		return value !== undefined;
	}
	return operator === "!=" ? value !== wanted : value === wanted;
}

function field(object: ApiObject, path: string): string | undefined {
	let value: unknown = object;
	for (const step of path.split(".")) {
		value = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
	}
	return value === undefined ? undefined : String(value);
}
