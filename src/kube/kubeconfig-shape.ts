import { parse } from "yaml";
import type { Problem } from "../domain/problem.ts";

const lists = ["clusters", "contexts", "users"] as const;

/**
 * What a text is that is to be a kubeconfig file and is none, or what its lists are that are none: the library takes all of
 * these for empty. Undefined where nothing is wrong with these, or where it is no YAML. No value is told: it may be a
 * secret that is in the wrong place.
 */
export function shapeProblem(text: string, file: string): Problem | undefined {
	const value = parsed(text);
	if (value === undefined) {
		return undefined;
	}
	if (!isMap(value)) {
		return {
			source: file,
			complaint: `cannot be read: it ${value === null ? "says nothing" : `is ${formOf(value)}`}`,
			accepted: "a kubeconfig file, which is a map with clusters, users and contexts",
		};
	}
	const wrong = lists.find((key) => !Array.isArray(value[key] ?? []));
	return wrong === undefined
		? undefined
		: { source: `${file}: ${wrong}`, complaint: `is ${formOf(value[wrong])}`, accepted: "a list" };
}

function parsed(text: string): unknown {
	try {
		return parse(text, { logLevel: "silent" });
	} catch {
		return undefined;
	}
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function formOf(value: unknown): string {
	if (typeof value === "object") {
		return Array.isArray(value) ? "a list" : "a map";
	}
	return typeof value === "string" ? "a text" : `a ${typeof value}`;
}
