import type { GoFunction } from "../functions/function.ts";
import { CallError } from "../go/call-error.ts";
import { typeOf } from "../go/kind.ts";
import { GoMap, GoObject, GoSlice, type Value, zeroOf } from "../go/value.ts";

/** A method, if the value has one by that name. */
export function methodOf(receiver: Value, name: string): GoFunction | undefined {
	if (receiver instanceof GoMap || receiver instanceof GoSlice || receiver instanceof GoObject) {
		return receiver.methods?.get(name) as GoFunction | undefined;
	}
	return undefined;
}

/**
 * `.name` of a value that has no such method. A key that a map lacks is nil, a field of nil is an error, and a field
 * of no value at all is no value again: that is why `(.Values.a).b` is safe where `.Values.a.b` is not.
 */
export function fieldOf(receiver: Value, name: string, hasArguments: boolean): Value {
	if (receiver === undefined) {
		return undefined;
	}
	if (receiver === null) {
		throw new CallError(`nil pointer evaluating interface {}.${name}`);
	}
	if (receiver instanceof GoMap) {
		if (hasArguments) {
			throw new CallError(`${name} is not a method but has arguments`);
		}
		return receiver.entries.has(name) ? receiver.entries.get(name) : zeroOf(receiver.element);
	}
	if (receiver instanceof GoObject && receiver.fields.has(name)) {
		if (hasArguments) {
			throw new CallError(`${name} has arguments but cannot be invoked as function`);
		}
		return receiver.fields.get(name);
	}
	throw new CallError(`can't evaluate field ${name} in type ${typeOf(receiver)}`);
}
