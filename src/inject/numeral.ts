/**
 * A number that no double is equal to: a whole one beyond 2^53, one with more digits or a greater exponent than a
 * double holds, or negative zero. It goes out as it came in.
 */
export class Numeral {
	/** As it was written; YAML reads it. */
	readonly text: string;
	/** The same number as JSON spells it. */
	readonly json: string;

	constructor(text: string, json: string) {
		this.text = text;
		this.json = json;
	}

	toString(): string {
		return this.text;
	}

	/** In messages; what writes JSON for others to read asks for `json`. */
	toJSON(): string {
		return this.text;
	}
}

/** The number that a text in decimal notation spells: a double where that is exact, else the text itself. */
export function exactly(text: string): number | Numeral {
	const number = Number(text);
	return isShort(text) || decimalOf(text) === decimalOf(`${number}`)
		? number
		: new Numeral(text, jsonNumber(text));
}

/** Up to fifteen digits are always exact, and most numbers are. */
function isShort(text: string): boolean {
	return /^(?:0|[1-9]\d{0,14})$/.test(text);
}

const decimal = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/;

/** The same for the same number, whatever its notation: its digits, and the power of ten of the last of them. */
function decimalOf(text: string): string {
	const [, sign = "", whole = "", fraction = "", exponent = "0"] = decimal.exec(text) ?? [];
	const digits = `${whole}${fraction}`.replace(/^0+/, "");
	const bare = digits.replace(/0+$/, "");
	const minus = sign === "-" ? "-" : "";
	return bare === ""
		? `${minus}0`
		: `${minus}${bare}e${BigInt(exponent) - BigInt(fraction.length - (digits.length - bare.length))}`;
}

/** JSON has no plus sign, no leading zeros, and digits on both sides of its point. */
function jsonNumber(text: string): string {
	const [, sign = "", whole = "", fraction = "", exponent] = decimal.exec(text) ?? [];
	return [
		sign === "-" ? "-" : "",
		whole.replace(/^0+(?=\d)/, "") || "0",
		fraction === "" ? "" : `.${fraction}`,
		exponent === undefined ? "" : `e${exponent}`,
	].join("");
}
