const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

/** strconv.ParseInt(text, 0, 64): a prefix names the base, a leading zero alone means octal, `_` separates digits. */
export function parseInt64(text: string): bigint | undefined {
	const value = parseInteger(text);
	return value !== undefined && value >= minInt64 && value <= maxInt64 ? value : undefined;
}

/** strconv.ParseUint(text, 0, 64), which takes no sign. */
export function parseUint64(text: string): bigint | undefined {
	const value = /^[+-]/.test(text) ? undefined : parseInteger(text);
	return value !== undefined && value <= maxUint64 ? value : undefined;
}

/** strconv.ParseInt(text, 10, 64), which takes neither prefix nor `_`. */
export function parseDecimal64(text: string): bigint | undefined {
	const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
	return value !== undefined && value >= minInt64 && value <= maxInt64 ? value : undefined;
}

function parseInteger(text: string): bigint | undefined {
	const negative = text.startsWith("-");
	const digits = /^[+-]/.test(text) ? text.slice(1) : text;
	const match = /^(?:0([bB])_?([01_]+)|0([xX])_?([\dA-Fa-f_]+)|0([oO]?)_?([0-7_]+)|(0|[1-9][\d_]*))$/.exec(
		digits,
	);
	if (match === null || /__|_$/.test(digits)) {
		return undefined;
	}
	const [, , binary, , hex, , octal, decimal] = match;
	const literal =
		binary !== undefined
			? `0b${binary}`
			: hex !== undefined
				? `0x${hex}`
				: octal !== undefined
					? `0o${octal}`
					: decimal;
	const value = BigInt((literal ?? "").replaceAll("_", ""));
	return negative ? -value : value;
}

/** strconv.ParseFloat, hexadecimal floats apart; undefined too where the number is out of range. */
export function parseFloat64(text: string): number | undefined {
	const special = /^([+-]?)(?:inf(?:inity)?|nan)$/i.exec(text);
	if (special !== null) {
		return parseSpecial(text, special[1] ?? "");
	}
	if (
		!/^[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?$/.test(text) ||
		!underscoresOk(text)
	) {
		return undefined;
	}
	const value = Number(text.replaceAll("_", ""));
	return Number.isFinite(value) ? value : undefined;
}

function parseSpecial(text: string, sign: string): number | undefined {
	if (/nan$/i.test(text)) {
		return sign === "" ? Number.NaN : undefined;
	}
	return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** An underscore stands between digits. */
function underscoresOk(text: string): boolean {
	return !/_(?!\d)|(?<!\d)_/.test(text);
}
