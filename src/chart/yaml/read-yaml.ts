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
import { base64Decode } from "../go/base64.ts";
import { formatFloat } from "../go/float.ts";
import { isLargeInteger, keepInteger, type LargeIntegers } from "../go/large-integer.ts";
import { utf8Decode, utf8Encode } from "../go/utf8.ts";
import { GoInt, GoMap, list, type Value } from "../go/value.ts";
import { scalarText } from "./number-text.ts";
import { readPlainYaml } from "./read-plain-yaml.ts";
import { plainValue, type Resolved, resolvePlain } from "./resolve-plain.ts";
import { YamlError } from "./yaml-error.ts";

/** What a node can be; a key or value that is not there is null. */
type Content = Node | null | undefined;

/** A document with more aliases than this would unfold into something too big. */
const maxAliased = 200_000;

/** What go-yaml refuses to read. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const refused = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]/u;

/** An integer beyond 2^53 takes so many digits at least, in whatever base. */
const manyDigits = /[\dA-Fa-f_]{14}/;

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
	const isExact = largeIntegers === "exact" && manyDigits.test(text);
	const plain = isExact ? undefined : readPlainYaml(text);
	return plain === undefined ? readAnyYaml(text, largeIntegers) : plain.value;
}

/** Through the library alone. */
export function readAnyYaml(text: string, largeIntegers: LargeIntegers = "rounded"): Value {
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
		if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) {
			this.#anchors.set(node.anchor, node);
		}
		this.#aliased += this.#open.size > 0 ? 1 : 0;
		if (this.#aliased > maxAliased) {
			throw this.#error("document contains excessive aliasing", node);
		}
		if (isMap(node)) {
			return this.#map(node.items as Pair<Content, Content>[], new GoMap());
		}
		if (isSeq(node)) {
			return list((node.items as Content[]).map((item) => this.value(item)));
		}
		return this.#number(this.#resolve(node as Scalar).value, node);
	}

	#alias(name: string, node: Node): Value {
		const target = this.#anchors.get(name);
		if (target === undefined) {
			throw this.#error(`unknown anchor '${name}' referenced`, node);
		}
		if (this.#open.has(target) || this.#contains(target, node)) {
			throw this.#error(`anchor '${name}' value contains itself`, node);
		}
		this.#open.add(target);
		const value = this.value(target);
		this.#open.delete(target);
		return value;
	}

	#contains(target: Node, node: Node): boolean {
		const [start = 0, , end = 0] = target.range ?? [];
		const [at = 0] = node.range ?? [];
		return isCollection(target) && at > start && at < end;
	}

	/** The last of equal keys wins, and so does a key over what was merged in before it, but not after it. */
	#map(pairs: readonly Pair<Content, Content>[], map: GoMap): GoMap {
		for (const { key, value } of pairs) {
			if (isMergeKey(key)) {
				this.#merge(value, map);
			} else {
				map.entries.set(this.#key(key), this.value(value));
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
		if (!(value instanceof GoMap)) {
			throw this.#error("map merge requires map or sequence of maps as the value", node);
		}
		for (const [key, item] of value.entries) {
			map.entries.set(key, item);
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
		const { value } = this.#resolve(target);
		if (typeof value === "string") {
			return value;
		}
		if (value === null || value === undefined) {
			throw this.#error("a key may not be null", node);
		}
		return scalarText(value);
	}

	#resolve(node: Scalar): { readonly value: Value } {
		const text = String(node.value ?? "");
		const tag = node.tag?.replace("tag:yaml.org,2002:", "!!");
		const quoted = node.type !== undefined && node.type !== "PLAIN";
		if (tag === undefined || tag === "!") {
			return { value: quoted || tag === "!" ? text : plainValue(resolvePlain(text), text) };
		}
		return { value: this.#tagged(node, tag, text) };
	}

	#tagged(node: Scalar, tag: string, text: string): Value {
		const resolved = resolvePlain(text);
		switch (tag) {
			case "!!str":
				return text;
			case "!!binary":
				return this.#binary(node, text);
			case "!!int":
			case "!!float":
			case "!!bool":
			case "!!null":
			case "!!timestamp":
				if (!fitsTag(resolved, tag)) {
					throw this.#error(`cannot decode \`${text}\` as a ${tag}`, node);
				}
				return plainValue(resolved, text);
			default:
				return text;
		}
	}

	#binary(node: Scalar, text: string): string {
		const decoded = base64Decode(utf8Encode(text));
		if (!("bytes" in decoded)) {
			throw this.#error("!!binary value contains invalid base64 data", node);
		}
		return utf8Decode(decoded.bytes);
	}

	/** JSON, which everything goes through, has one kind of number, and no infinity. */
	#number(value: Value, node: Node): Value {
		const number = value instanceof GoInt ? Number(value.value) : value;
		const source = isScalar(node) ? String(node.value) : "";
		if (this.#largeIntegers === "exact" && isLargeInteger(source, number)) {
			return keepInteger(source) ?? this.#refuseInteger(source, node);
		}
		if (typeof number === "number" && !Number.isFinite(number)) {
			throw this.#error(`unsupported value: ${formatFloat(number, "g")}`, node);
		}
		return number;
	}

	#refuseInteger(source: string, node: Node): never {
		const accepted = "an integer of 64 bits in decimal digits, or quotes where it is text";
		throw this.#error(`${source} would be rounded (want ${accepted})`, node);
	}

	#error(message: string, node: Content): YamlError {
		return new YamlError(message, this.#lines.linePos(node?.range?.[0] ?? 0).line);
	}
}

function isMergeKey(key: Content): boolean {
	return (
		isScalar(key) && key.value === "<<" && (key.tag === "tag:yaml.org,2002:merge" || key.type === "PLAIN")
	);
}

function fitsTag(resolved: Resolved, tag: string): boolean {
	return `!!${resolved.kind}` === tag || (tag === "!!float" && resolved.kind === "int");
}
