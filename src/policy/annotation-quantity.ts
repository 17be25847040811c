import { fail, ok, type Result } from "../domain/problem.ts";

/** The grammar of Kubernetes' resource.Quantity, without a sign: nobody can ask for less than nothing. */
const quantity = /^(?:\d{1,18}(?:\.\d{0,9})?|\.\d{1,9})(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})?$/;

/** An amount of processor time or memory, kept as it was written. */
export function parseQuantity(text: string, source: string): Result<string> {
	return quantity.test(text)
		? ok(text)
		: fail({
				source,
				value: text,
				complaint: "is not a quantity",
				accepted: "a Kubernetes quantity such as 100m, 0.5, 64Mi or 1G",
			});
}

const suffixes: Readonly<Record<string, number>> = {
	n: 1e-9,
	u: 1e-6,
	m: 1e-3,
	k: 1e3,
	M: 1e6,
	G: 1e9,
	T: 1e12,
	P: 1e15,
	E: 1e18,
	Ki: 2 ** 10,
	Mi: 2 ** 20,
	Gi: 2 ** 30,
	Ti: 2 ** 40,
	Pi: 2 ** 50,
	Ei: 2 ** 60,
};

/** How much it is, to compare amounts with; undefined where it is no quantity. */
export function quantityValue(text: string): number | undefined {
	if (!quantity.test(text)) {
		return undefined;
	}
	const [, digits = "", suffix = ""] = /^([\d.]+)(.*)$/.exec(text) ?? [];
	return /^[eE][+-]?\d/.test(suffix)
		? Number(`${digits}${suffix}`)
		: Number(digits) * (suffixes[suffix] ?? 1);
}
