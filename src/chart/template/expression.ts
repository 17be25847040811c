import type { GoFunction, ParameterType } from "../functions/function.ts";
import { CallError, DeliberateFailure, GoObject, isTrue, typeOf, type Value } from "../go/value.ts";
import {
	type ChainNode,
	type FieldNode,
	type IdentifierNode,
	type Operand,
	type PipeNode,
	printCommand,
	printOperand,
	type VariableNode,
} from "./ast.ts";
import { locate, type Source, TemplateError } from "./template-error.ts";

/** Stands for the absence of a piped argument, since undefined is a value here. */
const absent = Symbol("absent");

/** What an operand is given beside its dot, and what errors name: the whole command where there is one. */
interface Call {
	readonly args: readonly Operand[];
	readonly piped: Value | typeof absent;
	readonly offset: number;
	/** Called when there is an error to tell, and not before. */
	readonly print: () => string;
}

/** Evaluates the expressions of one template in execution. */
export class Expressions {
	readonly #scope: Scope;
	readonly #source: Source;
	readonly #functions: (name: string) => GoFunction | undefined;

	constructor(source: Source, scope: Scope, functions: (name: string) => GoFunction | undefined) {
		this.#source = source;
		this.#scope = scope;
		this.#functions = functions;
	}

	/** The pipeline's value, after its declarations and assignments. */
	pipe(dot: Value, pipe: PipeNode): Value {
		let value: Value | typeof absent = absent;
		for (const command of pipe.commands) {
			const [first, ...args] = command.args;
			const place =
				first.kind === "identifier"
					? { offset: command.offset, print: () => printCommand(command) }
					: placeOf(first);
			value = this.#evaluate(dot, first, { ...place, args, piped: value }) ?? undefined;
		}
		const result = value === absent ? undefined : value;
		for (const name of pipe.declared) {
			if (pipe.assigns) {
				this.#scope.assign(name, result);
			} else {
				this.#scope.declare(name, result);
			}
		}
		return result;
	}

	error(node: Operand, message: string): TemplateError {
		return this.#error(placeOf(node), message);
	}

	/** What `work` makes of the node, its complaint as an error there. */
	converted<T>(node: Operand, work: () => T): T {
		try {
			return work();
		} catch (error) {
			throw error instanceof CallError ? this.error(node, error.message) : error;
		}
	}

	#error(
		{ offset, print }: Pick<Call, "offset" | "print">,
		message: string,
		deliberate = false,
	): TemplateError {
		return new TemplateError(message, locate(this.#source, offset), print(), deliberate);
	}

	#evaluate(dot: Value, node: Operand, call: Call = alone(node)): Value {
		switch (node.kind) {
			case "field":
				return this.#path(dot, dot, node, call);
			case "chain":
				return this.#path(dot, this.#evaluate(dot, node.base), node, call);
			case "variable":
				return this.#path(dot, this.#scope.get(node.name), node, call);
			case "identifier":
				return this.#function(dot, node, call);
			default:
				this.#refuseArguments(node, call);
				return this.#plain(dot, node);
		}
	}

	#plain(dot: Value, node: Exclude<Operand, FieldNode | ChainNode | VariableNode | IdentifierNode>): Value {
		switch (node.kind) {
			case "pipe":
				return this.pipe(dot, node);
			case "dot":
				return dot;
			case "nil":
				throw this.error(node, "nil is not a command");
			case "string":
				return node.text;
			default:
				return node.value;
		}
	}

	#refuseArguments(node: Operand, { args, piped }: Call): void {
		if (args.length > 0 || piped !== absent) {
			throw this.error(node, `can't give argument to non-function ${printOperand(node)}`);
		}
	}

	/** Walks `.a.b.c`; only the last of them can be a method with arguments. */
	#path(dot: Value, start: Value, node: FieldNode | VariableNode | ChainNode, call: Call): Value {
		if (node.path.length === 0) {
			this.#refuseArguments(node, call);
		}
		const last = node.path.length - 1;
		return node.path.reduce<Value>(
			(receiver, name, i) => this.#field(dot, receiver, name, node, i === last ? call : alone(node)),
			start,
		);
	}

	#field(dot: Value, receiver: Value, name: string, node: Operand, call: Call): Value {
		const method = receiver instanceof GoObject ? receiver.methods.get(name) : undefined;
		if (method !== undefined) {
			return this.#call(dot, name, method as GoFunction, call);
		}
		if (receiver !== undefined && (call.args.length > 0 || call.piped !== absent)) {
			throw this.error(node, `${name} is not a method but has arguments`);
		}
		return this.converted(node, () => fieldOf(receiver, name));
	}

	#function(dot: Value, node: IdentifierNode, call: Call): Value {
		const definition = this.#functions(node.name);
		if (definition === undefined) {
			throw this.#error(call, `"${node.name}" is not a defined function`);
		}
		return node.name === "and" || node.name === "or"
			? this.#shortCircuit(dot, node.name, definition, call)
			: this.#call(dot, node.name, definition, call);
	}

	/** `and` and `or` evaluate no more than they need, and answer with the operand that decided. */
	#shortCircuit(dot: Value, name: "and" | "or", definition: GoFunction, call: Call): Value {
		this.#checkCount(name, definition, call);
		let value: Value;
		for (const arg of call.args) {
			value = this.#argument(dot, arg, "any") as Value;
			if (isTrue(value) === (name === "or")) {
				return value;
			}
		}
		return call.piped === absent ? value : call.piped;
	}

	#call(dot: Value, name: string, definition: GoFunction, call: Call): Value {
		this.#checkCount(name, definition, call);
		const typeAt = (i: number): ParameterType => definition.parameters[i] ?? definition.rest ?? "any";
		const argv: unknown[] = call.args.map((arg, i) => this.#argument(dot, arg, typeAt(i)));
		try {
			if (call.piped !== absent) {
				argv.push(convert(call.piped, typeAt(argv.length)));
			}
			return definition.call(argv as never[]);
		} catch (error) {
			throw this.#failure(error, name, call);
		}
	}

	#failure(error: unknown, name: string, call: Call): unknown {
		if (error instanceof DeliberateFailure) {
			return this.#error(call, error.message, true);
		}
		if (error instanceof CallError) {
			return this.#error(call, `error calling ${name}: ${error.message}`);
		}
		return error instanceof TemplateError ? error.includedAt(locate(this.#source, call.offset)) : error;
	}

	#checkCount(name: string, { parameters, rest }: GoFunction, call: Call): void {
		const count = call.args.length + (call.piped === absent ? 0 : 1);
		if (rest === undefined ? count !== parameters.length : count < parameters.length) {
			const want = `${rest === undefined ? "" : "at least "}${parameters.length}`;
			throw this.#error(call, `wrong number of args for ${name}: want ${want} got ${count}`);
		}
	}

	#argument(dot: Value, node: Operand, type: ParameterType): unknown {
		const value = node.kind === "nil" ? undefined : this.#evaluate(dot, node);
		return this.converted(node, () => convert(value, type));
	}
}

function placeOf(node: Operand): Pick<Call, "offset" | "print"> {
	return { offset: node.offset, print: () => printOperand(node) };
}

function alone(node: Operand): Call {
	return { ...placeOf(node), args: [], piped: absent };
}

/**
 * `.name` of a value that has no such method. A key that a map lacks is nil, a field of nil is an error, and a field
 * of no value at all is no value again: that is why `(.Values.a).b` is safe where `.Values.a.b` is not.
 */
function fieldOf(receiver: Value, name: string): Value {
	if (receiver === undefined) {
		return undefined;
	}
	if (receiver === null) {
		throw new CallError(`nil pointer evaluating interface {}.${name}`);
	}
	const fields = receiver instanceof GoObject ? receiver.fields : receiver;
	if (!(fields instanceof Map) || (receiver instanceof GoObject && !fields.has(name))) {
		throw new CallError(`can't evaluate field ${name} in type ${typeOf(receiver)}`);
	}
	return fields.has(name) ? fields.get(name) : null;
}

/** The parameter types by the names that Go's messages have for them, and what may stand for each. */
const types: Readonly<Record<ParameterType, { name: string; fits: (value: Value) => boolean }>> = {
	string: { name: "string", fits: (value) => typeof value === "string" },
	int: { name: "int", fits: (value) => typeof value === "bigint" },
	bool: { name: "bool", fits: (value) => typeof value === "boolean" },
	any: { name: "interface {}", fits: () => true },
	dict: { name: "map[string]interface {}", fits: (value) => value instanceof Map },
	list: { name: "[]interface {}", fits: Array.isArray },
};

/** A value as the parameter takes it, or a {@link CallError}. Only types that have a nil can stand for nothing. */
function convert(value: Value, type: ParameterType): unknown {
	if (value === undefined && type !== "string" && type !== "int" && type !== "bool") {
		return type === "any" ? null : type === "dict" ? new Map() : [];
	}
	const { name, fits } = types[type];
	if (!fits(value)) {
		throw new CallError(`wrong type for value; expected ${name}; got ${typeOf(value)}`);
	}
	return typeof value === "bigint" && type === "int" ? Number(value) : value;
}

/** The variables of one template in execution: a stack, of which a block leaves nothing behind. */
export class Scope {
	readonly #variables: { readonly name: string; value: Value }[];

	constructor(root: Value) {
		this.#variables = [{ name: "$", value: root }];
	}

	get mark(): number {
		return this.#variables.length;
	}

	reset(mark: number): void {
		this.#variables.length = mark;
	}

	declare(name: string, value: Value): void {
		this.#variables.push({ name, value });
	}

	/** The parser has seen to it that there is such a variable. */
	assign(name: string, value: Value): void {
		const variable = this.#find(name);
		if (variable !== undefined) {
			variable.value = value;
		}
	}

	get(name: string): Value {
		return this.#find(name)?.value;
	}

	#find(name: string) {
		return this.#variables.findLast((variable) => variable.name === name);
	}
}
