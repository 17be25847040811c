import type { Node as LibraryNode, Scalar } from "yaml";
import { base64Decode } from "../../../chart/go/text.ts";
import type { Json } from "../../../inject/json.ts";
import { Numeral } from "../../../inject/numeral.ts";
import type { ScalarNode } from "./node.ts";
import { NotReadable } from "./not-readable.ts";
import { plainValue } from "./plain-scalar.ts";

export function rangeOf(node: LibraryNode): readonly [number, number] {
	const [start = 0, end = start] = node.range ?? [];
	return [start, end];
}

export function marksOf({ anchor, tag }: { anchor?: string; tag?: string }): { isMarked?: true } {
	return anchor !== undefined || tag?.startsWith("!") === true ? { isMarked: true } : {};
}

const ownTags = "tag:yaml.org,2002:";

const styles = {
	PLAIN: "plain",
	QUOTE_DOUBLE: "double",
	QUOTE_SINGLE: "single",
	BLOCK_LITERAL: "block",
	BLOCK_FOLDED: "block",
} as const;

export function scalarOf(node: Scalar): ScalarNode {
	const [start, end] = rangeOf(node);
	const style = styles[node.type as keyof typeof styles] ?? "plain";
	return {
		kind: "scalar",
		style: start === end ? "none" : style,
		start,
		end,
		value: scalarValue(node, style === "plain"),
		...marksOf(node),
	};
}

function scalarValue(node: Scalar, isPlain: boolean): Json {
	const text = `${node.value ?? ""}`;
	const tag = node.tag;
	if (tag === undefined) {
		return isPlain ? plainValue(text) : text;
	}
	switch (tag.startsWith(ownTags) ? tag.slice(ownTags.length) : "") {
		case "int":
			return fitting(node, text, (value) => Number.isInteger(value) || value instanceof Numeral);
		case "float":
			return fitting(node, text, (value) => typeof value === "number" || value instanceof Numeral);
		case "bool":
			return fitting(node, text, (value) => typeof value === "boolean");
		case "null":
			return fitting(node, text, (value) => value === null);
		case "binary":
			return decoded(node, text);
		default:
			return text;
	}
}

function fitting(node: Scalar, text: string, fits: (value: Json) => boolean): Json {
	const value = plainValue(text);
	if (!fits(value)) {
		throw new NotReadable(`is not YAML: "${text}" is not what its tag says`, rangeOf(node)[0]);
	}
	return value;
}

function decoded(node: Scalar, text: string): string {
	const result = base64Decode(text);
	if (result === undefined) {
		throw new NotReadable("is not YAML: what is tagged !!binary is not base64", rangeOf(node)[0]);
	}
	return result;
}
