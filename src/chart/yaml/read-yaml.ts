import {
	isAlias,
	isCollection,
	isMap,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	type Pair,
	parseAllDocuments,
	type Scalar,
} from "yaml";
import { formatFloat, isLargeInteger, keepInteger, type LargeIntegers } from "../go/number.ts";
import type { GoMap, Value } from "../go/value.ts";
import { type Resolved, resolvePlain } from "./resolve-plain.ts";

/** Text that is not YAML, or YAML that is not a value: what is wrong, and where. */
export class YamlError extends Error {
	override readonly name = "YamlError";
	/** Counted from one. */
	readonly line: number;

	constructor(message: string, line: number) {
		super(message);
		this.line = line;
	}
}

/** What a node can be; a key or value that is not there is null. */
type Content = Node | null | undefined;

/** A document with more aliases than this would unfold into something too big. */
const maxAliased = 200_000;

/** What go-yaml refuses to read. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const refused = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]/u;

/**
 * The first document of a YAML text as Helm sees it: every number a float64, every key a string, `yes` and `on` true.
 * The library reads the structure; what a scalar means is decided here, because Helm's rules are go-yaml v2's and then
 * JSON's. Throws {@link YamlError}.
 */
export function readYaml(text: string, largeIntegers: LargeIntegers = "rounded"): Value {
	const bad = refused.exec(text);
	if (bad !== null) {
		throw new YamlError("control characters are not allowed", text.slice(0, bad.index).split("\n").length);
	}
	if (/^(?:#.*\n|\s*\n)*%(?!YAML 1|TAG )/.test(text)) {
		throw new YamlError("found unknown directive name", 1);
	}
	const lines = new LineCounter();
	const [document] = parseAllDocuments(text, {
		schema: "failsafe",
		version: "1.1",
		merge: false,
		uniqueKeys: false,
		prettyErrors: false,
		logLevel: "silent",
		lineCounter: lines,
	});
	if (document === undefined || !("contents" in document)) {
		return null;
	}
	const [error] = document.errors;
	if (error !== undefined) {
		throw new YamlError(error.message, lines.linePos(error.pos[0]).line);
	}
	return new Composer(lines, largeIntegers).value(document.contents);
}

class Composer {
	readonly #lines: LineCounter;
	readonly #largeIntegers: LargeIntegers;
	readonly #anchors = new Map<string, Node>();
	readonly #open = new Set<Node>();
	#aliases = 0;
	#aliased = 0;

	constructor(lines: LineCounter, largeIntegers: LargeIntegers) {
		this.#lines = lines;
		this.#largeIntegers = largeIntegers;
	}

	value(node: Content): Value {
		if (node === null || node === undefined) {
			return null;
		}
		if (isAlias(node)) {
			return this.#alias(node.source, node);
		}
		this.#aliased += this.#aliases > 0 ? 1 : 0;
		if (this.#aliased > maxAliased) {
			throw this.#error("document contains excessive aliasing", node);
		}
		if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) {
			this.#anchors.set(node.anchor, node);
		}
		this.#open.add(node);
		const value = isMap(node)
			? this.#map(node.items as Pair<Content, Content>[])
			: isSeq(node)
				? (node.items as Content[]).map((item) => this.value(item))
				: this.#scalar(node as Scalar);
		this.#open.delete(node);
		return value;
	}

	#alias(name: string, node: Node): Value {
		const target = this.#anchors.get(name);
		if (target === undefined) {
			throw this.#error(`unknown anchor '${name}' referenced`, node);
		}
		if (this.#open.has(target)) {
			throw this.#error(`anchor '${name}' value contains itself`, node);
		}
		this.#aliases++;
		const value = this.value(target);
		this.#aliases--;
		return value;
	}

	/** The last of equal keys wins, and so does a key over what was merged in before it, but not after it. */
	#map(pairs: readonly Pair<Content, Content>[]): GoMap {
		const map: GoMap = new Map();
		for (const { key, value } of pairs) {
			if (isMergeKey(key)) {
				this.#merge(value, map);
			} else {
				map.set(this.#key(key), this.value(value));
			}
		}
		return map;
	}

	#merge(node: Content, map: GoMap): void {
		const target = isAlias(node) ? this.#anchors.get(node.source) : node;
		if (isSeq(target) && !isAlias(node)) {
			for (const item of [...(target.items as Content[])].reverse()) {
				this.#merge(isSeq(item) ? null : item, map);
			}
			return;
		}
		const value = isMap(target) ? this.value(node) : undefined;
		if (!(value instanceof Map)) {
			throw this.#error("map merge requires map or sequence of maps as the value", node);
		}
		for (const [key, item] of value) {
			map.set(key, item);
		}
	}

	#key(node: Content): string {
		const target = isAlias(node) ? this.#anchors.get(node.source) : node;
		if (!isScalar(target)) {
			throw this.#error("a key has to be a string, a number or a boolean", node);
		}
		if (target.anchor !== undefined) {
			this.#anchors.set(target.anchor, target);
		}
		const resolved = this.#resolve(target);
		if (resolved.kind === "null") {
			throw this.#error("a key may not be null", node);
		}
		return "value" in resolved ? scalarText(resolved.value) : sourceOf(target);
	}

	/** JSON, which everything goes through, has one kind of number, and no infinity. */
	#scalar(node: Scalar): Value {
		const resolved = this.#resolve(node);
		if (!("value" in resolved)) {
			return resolved.kind === "null" ? null : sourceOf(node);
		}
		const source = sourceOf(node);
		const value = typeof resolved.value === "bigint" ? Number(resolved.value) : resolved.value;
		if (this.#largeIntegers === "exact" && isLargeInteger(source, value)) {
			return keepInteger(source) ?? this.#refuseInteger(source, node);
		}
		if (typeof value === "number" && !Number.isFinite(value)) {
			throw this.#error(`unsupported value: ${formatFloat(value)}`, node);
		}
		return value;
	}

	#resolve(node: Scalar): Resolved {
		const tag = node.tag?.replace("tag:yaml.org,2002:", "!!");
		const isPlain = node.type === undefined || node.type === "PLAIN";
		if (tag === undefined) {
			return isPlain ? resolvePlain(sourceOf(node)) : { kind: "string" };
		}
		if (tag === "!!binary") {
			throw this.#error("!!binary is not supported by this renderer", node);
		}
		if (!["!!int", "!!float", "!!bool", "!!null"].includes(tag)) {
			return { kind: "string" };
		}
		const resolved = resolvePlain(sourceOf(node));
		if (`!!${resolved.kind}` !== tag && !(tag === "!!float" && resolved.kind === "int")) {
			throw this.#error(`cannot decode \`${sourceOf(node)}\` as a ${tag}`, node);
		}
		return resolved;
	}

	#refuseInteger(source: string, node: Node): never {
		const accepted = "an integer of 64 bits in decimal digits, or quotes where it is text";
		throw this.#error(`${source} would be rounded (want ${accepted})`, node);
	}

	#error(message: string, node: Content): YamlError {
		return new YamlError(message, this.#lines.linePos(node?.range?.[0] ?? 0).line);
	}
}

function sourceOf(node: Scalar): string {
	return String(node.value ?? "");
}

function isMergeKey(key: Content): boolean {
	return (
		isScalar(key) && key.value === "<<" && (key.tag === "tag:yaml.org,2002:merge" || key.type === "PLAIN")
	);
}

/** A number or boolean where Helm's YAML library wants text, as a key does: integers in full. */
export function scalarText(value: boolean | number | bigint): string {
	if (typeof value !== "number") {
		return String(value);
	}
	if (!Number.isFinite(value)) {
		return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
	}
	return Number.isInteger(value) ? String(BigInt(value)) : formatFloat(value);
}
