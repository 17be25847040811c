import type { ParameterType } from "../functions/function.ts";
import { CallError, typeOf, type Value } from "../go/value.ts";
import { type Operand, printOperand } from "./ast.ts";

/** The parameter types by the names that Go's messages have for them. */
const goNames: Readonly<Record<ParameterType, string>> = {
	string: "string",
	int: "int",
	bool: "bool",
	any: "interface {}",
	dict: "map[string]interface {}",
	list: "[]interface {}",
};

/** A value as the parameter takes it, or a {@link CallError}. What the function's body gets is `unknown` to us. */
export function convertValue(value: Value, type: ParameterType): unknown {
	if (value === undefined) {
		return convertNothing(type, `invalid value; expected ${goNames[type]}`);
	}
	if (type === "any") {
		return value;
	}
	if (value === null || !isAssignable(value, type)) {
		const got = value === null ? "interface {}" : typeOf(value);
		throw new CallError(`wrong type for value; expected ${goNames[type]}; got ${got}`);
	}
	return typeof value === "bigint" ? Number(value) : value;
}

/** Only types that have a nil can stand for nothing. */
function convertNothing(type: ParameterType, complaint: string): unknown {
	switch (type) {
		case "any":
			return null;
		case "dict":
			return new Map();
		case "list":
			return [];
		default:
			throw new CallError(complaint);
	}
}

function isAssignable(value: Value, type: ParameterType): boolean {
	switch (type) {
		case "int":
			return typeof value === "bigint";
		case "bool":
			return typeof value === "boolean";
		case "dict":
			return value instanceof Map;
		case "list":
			return Array.isArray(value);
		default:
			return typeof value === "string";
	}
}

/** A literal as the parameter takes it. */
export function convertLiteral(node: Operand, type: ParameterType): unknown {
	if (node.kind === "nil") {
		return convertNothing(type, `cannot assign nil to ${goNames[type]}`);
	}
	const value = literalValue(node);
	if (type !== "any" && !isAssignable(value, type)) {
		throw new CallError(`expected ${goNames[type]}; found ${printOperand(node)}`);
	}
	return typeof value === "bigint" && type === "int" ? Number(value) : value;
}

/** What a literal is by itself. */
export function literalValue(node: Operand): Value {
	switch (node.kind) {
		case "string":
			return node.text;
		case "bool":
		case "number":
			return node.value;
		default:
			return undefined;
	}
}
