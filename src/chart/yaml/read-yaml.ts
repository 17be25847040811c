import { Numeral } from "../../inject/numeral.ts";
import { readByLibrary } from "../../yaml/library-reader.ts";
import type { Node, Pair, ScalarNode } from "../../yaml/node.ts";
import { resolvePlain } from "../../yaml/plain-scalar.ts";
import { readQuickly } from "../../yaml/quick-reader.ts";
import { formatFloat, isLargeInteger, keepInteger, type LargeIntegers } from "../go/number.ts";
import type { GoMap, Value } from "../go/value.ts";

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

/** What go-yaml refuses to read. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const refused = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]/u;

/**
 * The first document of a YAML text as Helm sees it: every number a float64, every key a string, `yes` and `on` true.
 * Nodes come with the values that kubectl gives them, whose library is Helm's; what JSON makes of these is decided here.
 * Throws {@link YamlError}.
 */
export function readYaml(text: string, largeIntegers: LargeIntegers = "rounded"): Value {
	const bad = refused.exec(text);
	if (bad !== null) {
		throw new YamlError("control characters are not allowed", text.slice(0, bad.index).split("\n").length);
	}
	if (/^(?:#.*\n|\s*\n)*%(?!YAML 1|TAG )/.test(text)) {
		throw new YamlError("found unknown directive name", 1);
	}
	const quick = readQuickly(text);
	const reading = quick ?? readByLibrary(text, "first");
	if ("mistake" in reading) {
		const { complaint, line } = reading.mistake;
		throw new YamlError(complaint.replace("is not YAML: ", ""), line);
	}
	return reading.root === undefined ? null : new Composer(text, largeIntegers).value(reading.root);
}

/** Makes Go's values of nodes, a map or a list of its own for each alias, since templates may change one. */
class Composer {
	readonly #text: string;
	readonly #largeIntegers: LargeIntegers;

	constructor(text: string, largeIntegers: LargeIntegers) {
		this.#text = text;
		this.#largeIntegers = largeIntegers;
	}

	value(node: Node): Value {
		switch (node.kind) {
			case "alias":
				return this.value(node.target);
			case "map":
				return this.#map(node.pairs);
			case "seq":
				return node.items.map((item) => this.value(item));
			case "scalar":
				return this.#scalar(node);
		}
	}

	/** The last of equal keys wins, and so does a key over what was merged in before it, but not after it. */
	#map(pairs: readonly Pair[]): GoMap {
		const map: GoMap = new Map();
		for (const { name, key, value } of pairs) {
			const merged = value.kind === "seq" ? value.items.toReversed() : [value];
			const entries =
				name === undefined
					? merged.flatMap((source) => [...(this.value(source) as GoMap)])
					: [[this.#key(key), this.value(value)] as const];
			for (const [entry, item] of entries) {
				map.set(entry, item);
			}
		}
		return map;
	}

	#key(node: Node): string {
		const value = node.kind === "alias" ? node.target.value : node.value;
		if (value instanceof Numeral) {
			const { kind } = resolvePlain(value.text);
			return kind === "int" ? value.json : kind === "float" ? formatFloat(Number(value.json)) : value.text;
		}
		return typeof value === "number" ? scalarText(value) : `${value}`;
	}

	/** JSON, which everything goes through, has one kind of number, and no infinity. */
	#scalar(node: ScalarNode): Value {
		const value = node.value as boolean | number | string | null | Numeral;
		if (value instanceof Numeral) {
			return this.#number(value, node);
		}
		if (typeof value === "number" && !Number.isFinite(value)) {
			throw this.#error(`unsupported value: ${formatFloat(value)}`, node);
		}
		return value;
	}

	/** One that no double holds is rounded or kept, and one that go-yaml takes for text is text. */
	#number({ text }: Numeral, node: ScalarNode): Value {
		const resolved = resolvePlain(text);
		const number = "value" in resolved ? Number(resolved.value) : undefined;
		if (number === undefined || this.#largeIntegers === "rounded" || !isLargeInteger(text, number)) {
			return number ?? text;
		}
		const kept = keepInteger(text);
		if (kept === undefined) {
			const accepted = "an integer of 64 bits in decimal digits, or quotes where it is text";
			throw this.#error(`${text} would be rounded (want ${accepted})`, node);
		}
		return kept;
	}

	#error(message: string, { start }: Node): YamlError {
		return new YamlError(message, this.#text.slice(0, start).split("\n").length);
	}
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
