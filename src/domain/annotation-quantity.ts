import { fail, ok, type Result } from "./problem.ts";

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
