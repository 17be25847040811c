/**
 * strconv.FormatFloat for float64. Precision -1 asks for the shortest text that reads back as the same number,
 * which is what JavaScript prints too; with a precision Go rounds the exact binary value half to even, where
 * `toFixed` rounds half up and gives out at 1e21.
 */
export function formatFloat(value: number, verb: "e" | "f" | "g", precision = -1): string {
	if (Number.isNaN(value)) {
		return "NaN";
	}
	if (!Number.isFinite(value)) {
		return value > 0 ? "+Inf" : "-Inf";
	}
	const sign = value < 0 || Object.is(value, -0) ? "-" : "";
	const magnitude = Math.abs(value);
	if (verb === "g") {
		return sign + general(magnitude, precision);
	}
	const digits = precision < 0 ? shortest(magnitude) : rounded(magnitude, verb, precision);
	return sign + (verb === "e" ? scientific(digits, precision) : positional(digits, precision));
}

/** `0.d₁d₂d₃… × 10^point`. Zero has no digits. */
interface Digits {
	readonly text: string;
	readonly point: number;
}

function shortest(magnitude: number): Digits {
	const [mantissa = "", exponent = "0"] = magnitude.toExponential().split("e");
	return trimmed(mantissa.replace(".", ""), Number(exponent) + 1);
}

function trimmed(text: string, point: number): Digits {
	const digits = text.replace(/0+$/, "");
	return { text: digits, point: digits === "" ? 0 : point };
}

/** Exactly `precision` digits after the first one (`e`) or after the decimal point (`f`). */
function rounded(magnitude: number, verb: "e" | "f", precision: number): Digits {
	if (magnitude === 0) {
		return { text: "", point: 0 };
	}
	const places = verb === "f" ? precision : precision - (shortest(magnitude).point - 1);
	const text = scaledToInteger(magnitude, places).toString();
	return text === "0" ? { text: "", point: 0 } : trimmed(text, text.length - places);
}

/** magnitude × 10^places as a whole number, half to even, from the exact value of the double. */
function scaledToInteger(magnitude: number, places: number): bigint {
	let exponent = 0;
	let mantissa = magnitude;
	while (!Number.isInteger(mantissa)) {
		mantissa *= 2;
		exponent--;
	}
	const numerator = BigInt(mantissa) * 10n ** BigInt(Math.max(places, 0));
	const denominator = 2n ** BigInt(-exponent) * 10n ** BigInt(Math.max(-places, 0));
	const quotient = numerator / denominator;
	const twice = (numerator % denominator) * 2n;
	const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
	return up ? quotient + 1n : quotient;
}

function scientific({ text, point }: Digits, precision: number): string {
	const exponent = text === "" ? 0 : point - 1;
	const fraction = text.slice(1).padEnd(Math.max(precision, 0), "0");
	const power = Math.abs(exponent).toString().padStart(2, "0");
	return `${text.charAt(0) || "0"}${fraction === "" ? "" : `.${fraction}`}e${exponent < 0 ? "-" : "+"}${power}`;
}

function positional({ text, point }: Digits, precision: number): string {
	const whole = point > 0 ? text.slice(0, point).padEnd(point, "0") : "0";
	const fraction = "0".repeat(Math.max(-point, 0)) + text.slice(Math.max(point, 0));
	const shown = precision < 0 ? fraction : fraction.padEnd(precision, "0").slice(0, precision);
	return shown === "" ? whole : `${whole}.${shown}`;
}

/** %g: scientific where the exponent is below -4 or does not fit the precision, which is 6 for the shortest form. */
function general(magnitude: number, precision: number): string {
	const wanted = precision === 0 ? 1 : precision;
	const digits = wanted < 0 ? shortest(magnitude) : rounded(magnitude, "e", wanted - 1);
	const count = digits.text.length;
	const limit = wanted < 0 ? 6 : wanted > count && count >= digits.point ? count : wanted;
	const exponent = digits.point - 1;
	return exponent < -4 || exponent >= limit ? scientific(digits, -1) : positional(digits, -1);
}
