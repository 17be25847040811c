import type { ParameterType } from "../functions/function.ts";
import { CallError } from "../go/call-error.ts";
import { typeOf } from "../go/kind.ts";
import { GoInt, GoMap, GoObject, GoSlice, nilList, nilMap, type Value } from "../go/value.ts";
import type { Operand } from "./ast.ts";
import { printOperand } from "./print-node.ts";

/** The parameter types by the names that Go's messages have for them. */
const goNames: Readonly<Record<ParameterType, string>> = {
	string: "string",
	int: "int",
	float64: "float64",
	bool: "bool",
	any: "interface {}",
	value: "reflect.Value",
	dict: "map[string]interface {}",
	list: "[]interface {}",
	time: "time.Time",
};

/** A value as the parameter takes it, or a {@link CallError}. What the function's body gets is `unknown` to us. */
export function convertValue(value: Value, type: ParameterType): unknown {
	if (value === undefined) {
		return convertNothing(type, `invalid value; expected ${goNames[type]}`);
	}
	if (type === "any" || type === "value") {
		return value;
	}
	if (value === null || !isAssignable(value, type)) {
		const got = value === null ? "interface {}" : typeOf(value);
		throw new CallError(`wrong type for value; expected ${goNames[type]}; got ${got}`);
	}
	return value instanceof GoInt ? Number(value.value) : value;
}

/** Only types that have a nil can stand for nothing. */
function convertNothing(type: ParameterType, complaint: string): unknown {
	switch (type) {
		case "any":
			return null;
		case "value":
			return undefined;
		case "dict":
			return nilMap();
		case "list":
			return nilList();
		default:
			throw new CallError(complaint);
	}
}

function isAssignable(value: Value, type: ParameterType): boolean {
	switch (type) {
		case "string":
			return typeof value === "string";
		case "int":
			return value instanceof GoInt && value.type === "int";
		case "float64":
			return typeof value === "number";
		case "bool":
			return typeof value === "boolean";
		case "dict":
			return value instanceof GoMap && value.element === "interface {}";
		case "list":
			return value instanceof GoSlice && value.element === "interface {}";
		default:
			return value instanceof GoObject && value.type === goNames[type];
	}
}

/** A literal, which has no type of its own until it meets a parameter: `1` can be an int or a float64. */
export function convertLiteral(node: Operand, type: ParameterType): unknown {
	if (node.kind === "nil") {
		return convertNothing(type, `cannot assign nil to ${goNames[type]}`);
	}
	const value = type === "any" || type === "value" ? idealValue(node) : literalFor(node, type);
	if (value === undefined) {
		throw new CallError(`expected ${goNames[type]}; found ${printOperand(node)}`);
	}
	return value;
}

function literalFor(node: Operand, type: ParameterType): unknown {
	switch (type) {
		case "string":
			return node.kind === "string" ? node.text : undefined;
		case "bool":
			return node.kind === "bool" ? node.value : undefined;
		case "int":
			return node.kind === "number" && node.int !== undefined ? Number(node.int.value) : undefined;
		case "float64":
			return node.kind === "number" ? node.float : undefined;
		default:
			return undefined;
	}
}

/** What a literal is by itself. */
export function idealValue(node: Operand): Value {
	switch (node.kind) {
		case "string":
			return node.text;
		case "bool":
			return node.value;
		case "number":
			return node.ideal;
		default:
			return undefined;
	}
}
