import { parse } from "yaml";
import type { Rendered } from "./helm.ts";

/** YAML that stands in a value of a ConfigMap. */
const embedded = /\.ya?ml$/;

/**
 * What a rendered stream says, whoever wrote it: of each document the template that it comes from and the object, with
 * the YAML in ConfigMaps read too. Read by the library's own rules for YAML 1.1, not by those of our renderer.
 */
export function meaningOf(rendered: Rendered): unknown {
	if (!rendered.ok) {
		return rendered;
	}
	return rendered.text
		.split(/^---\n# Source: /m)
		.filter((piece) => piece.trim() !== "")
		.map((piece) => {
			const [, source = "", text = ""] = /^(\S+)\n([\s\S]*)$/.exec(piece) ?? [];
			return { source, object: parse(text, readEmbedded, { version: "1.1" }) as unknown };
		});
}

/** A reviver that reads it. */
export function readEmbedded(key: unknown, value: unknown): unknown {
	return typeof key === "string" && embedded.test(key) && typeof value === "string"
		? (parse(value, { version: "1.1" }) as unknown)
		: value;
}
