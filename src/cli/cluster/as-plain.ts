import type { PlainValue } from "../../chart/index.ts";

/** An object of the client's as the API sends it, with its dates as texts. */
export function asPlain(object: object): PlainValue {
	return JSON.parse(JSON.stringify(object));
}
