import { CallError } from "./call-error.ts";
import { type Flags, formatVerb, plainFlags } from "./format.ts";
import { describe } from "./print.ts";
import { GoInt, type Value } from "./value.ts";

/** `%`, flags, then width and precision, each a number or `*` and each perhaps behind `[n]`, then the verb. */
const directive =
	/%([-+# 0]*)(\[[^\]]*\]?)?(\*|\d+)?(?:(\.)(?=.)(\[[^\]]*\]?)?(\*|\d+)?)?(\[[^\]]*\]?)?(.)?/suy;

/** fmt.Sprintf. Mistakes in the format are output, such as `%!d(MISSING)`; that is how Go reports them. */
export function sprintf(format: string, operands: readonly Value[]): string {
	const printer = new Printf(operands);
	const parts: string[] = [];
	for (let i = 0; i < format.length; ) {
		const percent = format.indexOf("%", i);
		if (percent !== i) {
			const end = percent < 0 ? format.length : percent;
			parts.push(format.slice(i, end));
			i = end;
			continue;
		}
		directive.lastIndex = i;
		const match = directive.exec(format);
		parts.push(printer.apply(match ?? []));
		i = match === null ? i + 1 : directive.lastIndex;
	}
	parts.push(printer.rest());
	return parts.join("");
}

class Printf {
	readonly #operands: readonly Value[];
	#next = 0;
	#reordered = false;
	#goodIndex = true;
	#complaint = "";

	constructor(operands: readonly Value[]) {
		this.#operands = operands;
	}

	apply(match: readonly (string | undefined)[]): string {
		const [, flagText = "", widthIndex, width, dot, precisionIndex, precision, index, verb] = match;
		this.#goodIndex = true;
		this.#complaint = "";
		this.#seek(widthIndex);
		const wide = this.#number(width, "%!(BADWIDTH)");
		this.#goodIndex &&= widthIndex === undefined || width === undefined || width === "*";
		let precise: number | undefined;
		if (dot !== undefined) {
			this.#goodIndex &&= widthIndex === undefined || width === "*";
			this.#seek(precisionIndex);
			precise = precision === undefined ? 0 : this.#number(precision, "%!(BADPREC)");
		}
		this.#seek(index);
		const flags = flagsOf(flagText, wide, precise);
		return this.#complaint + this.#verb(verb, flags);
	}

	/** What is left over is named, unless operands were picked by index. */
	rest(): string {
		if (this.#reordered || this.#next >= this.#operands.length) {
			return "";
		}
		const extra = this.#operands.slice(this.#next);
		return `%!(EXTRA ${extra.map((value) => (value == null ? "<nil>" : describe(value))).join(", ")})`;
	}

	#verb(verb: string | undefined, flags: Flags): string {
		if (verb === undefined) {
			return "%!(NOVERB)";
		}
		if (verb === "%") {
			return "%";
		}
		if (!this.#goodIndex) {
			return `%!${verb}(BADINDEX)`;
		}
		if (this.#next >= this.#operands.length) {
			return `%!${verb}(MISSING)`;
		}
		if (verb === "p" || (verb === "v" && flags.sharp)) {
			throw new CallError(`printf: %${flags.sharp ? "#" : ""}${verb} is not supported`);
		}
		return formatVerb(this.#operands[this.#next++], verb, flags);
	}

	/** `[n]` picks the operand that comes next, counted from one. */
	#seek(index: string | undefined): void {
		if (index === undefined) {
			return;
		}
		this.#reordered = true;
		const wanted = /^\[\d{1,6}\]$/.test(index) ? Number(index.slice(1, -1)) : 0;
		if (wanted >= 1 && wanted <= this.#operands.length) {
			this.#next = wanted - 1;
		} else {
			this.#goodIndex = false;
		}
	}

	#number(text: string | undefined, complaint: string): number | undefined {
		if (text !== "*") {
			return text === undefined ? undefined : Number(text);
		}
		const operand = this.#operands[this.#next++];
		if (operand instanceof GoInt && operand.value <= 1_000_000n && operand.value >= -1_000_000n) {
			return Number(operand.value);
		}
		this.#complaint += complaint;
		return undefined;
	}
}

function flagsOf(text: string, width: number | undefined, precision: number | undefined): Flags {
	const leftBound = width !== undefined && width < 0;
	return {
		...plainFlags,
		minus: text.includes("-") || leftBound,
		plus: text.includes("+"),
		sharp: text.includes("#"),
		space: text.includes(" "),
		zero: text.includes("0") && !leftBound,
		width: width === undefined ? undefined : Math.abs(width),
		precision: precision !== undefined && precision < 0 ? undefined : precision,
	};
}
