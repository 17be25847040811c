import {
	type Alias,
	isAlias,
	isMap,
	isScalar,
	isSeq,
	type Node as LibraryNode,
	type Pair as LibraryPair,
	type Scalar,
	type YAMLMap,
	type YAMLSeq,
} from "yaml";
import { base64Decode } from "../chart/go/text.ts";
import { isArray, isObject, type Json } from "../inject/json.ts";
import { Numeral } from "../inject/numeral.ts";
import { defineKey, type MapNode, type Node, type Pair, type ScalarNode } from "./node.ts";
import { plainValue } from "./plain-scalar.ts";

/** Documents whose aliases unfold into more than this are made to fill memory ("billion laughs"). */
const maxAliased = 200_000;

/**
 * The library's nodes as ours, with the values that kubectl gives them (go-yaml v2, as seen in what `kubectl annotate
 * --local` prints): a merge overrides the keys before it and is overridden by those behind it, tags that are not YAML's own
 * leave a scalar a text, keys that are numbers or truth values become texts. Throws {@link NotReadable}.
 */
export function compose(root: LibraryNode, text: ComposedText): Node {
	return new Composition(text).node(root, 0);
}

interface ComposedText {
	readonly source: string;
	/** Whether a map may have a key twice, the last of which counts. */
	readonly mayRepeat: boolean;
}

class Composition {
	readonly #text: ComposedText;
	readonly #anchors = new Map<string, Node | "open">();
	/** How many nodes one stands for, those of its aliases included. */
	readonly #weights = new Map<Node, number>();
	#aliased = 0;

	constructor(text: ComposedText) {
		this.#text = text;
	}

	/** `at` is where a node would stand that is not there. */
	node(node: unknown, at: number): Node {
		if (isAlias(node)) {
			return this.#alias(node);
		}
		const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
		if (anchor !== undefined) {
			this.#anchors.set(anchor, "open");
		}
		const made = this.#content(node, at);
		if (anchor !== undefined) {
			this.#anchors.set(anchor, made);
		}
		return made;
	}

	#content(node: unknown, at: number): Node {
		if (isMap(node)) {
			return this.#map(node);
		}
		if (isSeq(node)) {
			return this.#list(node);
		}
		return isScalar(node)
			? scalarOf(node)
			: { kind: "scalar", style: "absent", start: at, end: at, value: null };
	}

	#alias(node: Alias): Node {
		const [start, end] = rangeOf(node);
		const target = this.#anchors.get(node.source);
		if (target === undefined) {
			throw new NotReadable(`is not YAML: there is no anchor "${node.source}" above this alias`, start);
		}
		if (target === "open") {
			throw new NotReadable(`is not YAML: the anchor "${node.source}" contains itself`, start);
		}
		const weight = this.#weightOf(target);
		this.#aliased += weight;
		if (this.#aliased > maxAliased) {
			throw new NotReadable("cannot be read: its aliases unfold into too much", start);
		}
		const alias: Node = { kind: "alias", start, end, target, value: target.value };
		this.#weights.set(alias, weight);
		return alias;
	}

	#weightOf(node: Node): number {
		return this.#weights.get(node) ?? 1;
	}

	#list(node: YAMLSeq): Node {
		const [start, end] = rangeOf(node);
		const isFlow = node.flow === true;
		const items = node.items.map((item) => this.node(item, start));
		const made: Node = {
			kind: "seq",
			isFlow,
			start,
			end: isFlow ? end : (items.at(-1)?.end ?? end),
			items,
			dashes: isFlow ? [] : dashesOf(node),
			value: items.map((item) => item.value),
			...marksOf(node),
		};
		this.#weights.set(
			made,
			items.reduce((sum, item) => sum + this.#weightOf(item), 1),
		);
		return made;
	}

	#map(node: YAMLMap): Node {
		const [start, end] = rangeOf(node);
		const isFlow = node.flow === true;
		const pairs = (node.items as LibraryPair[]).map((pair) => this.#pair(pair, start));
		const made: MapNode = {
			kind: "map",
			isFlow,
			start,
			end: isFlow ? end : (pairs.at(-1)?.value.end ?? end),
			pairs,
			value: mapValue(pairs, this.#text.mayRepeat),
			...marksOf(node),
		};
		this.#weights.set(
			made,
			pairs.reduce((sum, { value }) => sum + this.#weightOf(value) + 1, 1),
		);
		return made;
	}

	#pair({ key, value }: LibraryPair, at: number): Pair {
		const keyNode = this.node(key, at);
		const valueNode = this.node(value, keyNode.end);
		if (isMerge(key)) {
			return { name: undefined, key: keyNode, value: valueNode };
		}
		return { name: nameOf(keyNode, this.#text.source), key: keyNode, value: valueNode };
	}
}

/** Nodes begin behind their dash, perhaps lines below; the token knows where it stands. */
function dashesOf({ srcToken }: YAMLSeq): number[] {
	return srcToken?.type === "block-seq"
		? srcToken.items.flatMap(({ start }) =>
				start.flatMap((token) => (token.type === "seq-item-ind" && "offset" in token ? [token.offset] : [])),
			)
		: [];
}

function isMerge(key: unknown): boolean {
	return (
		isScalar(key) && key.value === "<<" && (key.tag === "tag:yaml.org,2002:merge" || key.type === "PLAIN")
	);
}

function mapValue(pairs: readonly Pair[], mayRepeat: boolean): Json {
	const object: { [key: string]: Json } = {};
	const own = new Set<string>();
	for (const { name, key, value } of pairs) {
		if (name === undefined) {
			mergeInto(object, value);
			continue;
		}
		if (own.has(name) && !mayRepeat) {
			throw new NotReadable(`is not YAML: Map keys must be unique, and "${name}" is there twice`, key.start);
		}
		own.add(name);
		defineKey(object, name, value.value);
	}
	return object;
}

function mergeInto(object: { [key: string]: Json }, merged: Node): void {
	for (const [key, item] of sourcesOf(merged).flatMap((source) => Object.entries(source))) {
		defineKey(object, key, item);
	}
}

/** The maps of a merge, those that win last. */
function sourcesOf(node: Node) {
	const items = isArray(node.value) && node.kind === "seq" ? node.value.toReversed() : [node.value];
	return items.map((item) => {
		if (!isObject(item)) {
			throw new NotReadable("is not YAML: a merge (<<) takes a map, or a list of maps", node.start);
		}
		return item;
	});
}

/** As JSON has it, whose keys are all texts. */
function nameOf(key: Node, source: string): string {
	const { value } = key;
	if (isObject(value) || isArray(value) || value === null) {
		const text = source.slice(key.start, key.end).split("\n")[0] ?? "";
		throw new NotReadable(`has a key that is no text: "${text}"`, key.start);
	}
	return value instanceof Numeral ? value.json : `${value}`;
}

function rangeOf(node: LibraryNode): readonly [number, number] {
	const [start = 0, end = start] = node.range ?? [];
	return [start, end];
}

function marksOf({ anchor, tag }: { anchor?: string; tag?: string }): { isMarked?: true } {
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

function scalarOf(node: Scalar): ScalarNode {
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

/** YAML that says nothing which Kubernetes could take: where, and why. */
export class NotReadable extends Error {
	readonly offset: number;

	constructor(message: string, offset: number) {
		super(message);
		this.offset = offset;
	}
}
