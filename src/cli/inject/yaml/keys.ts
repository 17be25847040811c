import type { Json } from "../../../inject/json.ts";
import { Unusual } from "./unusual.ts";

/** Makes a key an object's own, whatever it is called; a key that is there already is for the library to report. */
export function setKey(object: { [key: string]: Json }, key: string, value: Json): void {
	if (Object.hasOwn(object, key)) {
		throw new Unusual();
	}
	defineKey(object, key, value);
}

export function defineKey(object: { [key: string]: Json }, key: string, value: Json): void {
	if (key === "__proto__") {
		Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
	} else {
		object[key] = value;
	}
}
