import type { GoFunction, ParameterType } from "../functions/function.ts";
import { CallError, DeliberateFailure, GoObject, isTrue, typeOf, type Value } from "../go/value.ts";
import {
	type ChainNode,
	type CommandNode,
	type FieldNode,
	type IdentifierNode,
	type Operand,
	type PipeNode,
	printCommand,
	printOperand,
	type VariableNode,
} from "./ast.ts";
import { convertLiteral, convertValue, literalValue } from "./convert.ts";
import type { Scope } from "./scope.ts";
import { locate, type Source, TemplateError } from "./template-error.ts";

/** Stands for the absence of a piped argument, since undefined is a value here. */
const absent = Symbol("absent");
type Piped = Value | typeof absent;

const noArguments: Pick<Call, "args" | "piped"> = { args: [], piped: absent };

/** Something whose arguments are about to be evaluated. */
interface Call {
	readonly name: string;
	readonly args: readonly Operand[];
	readonly piped: Piped;
	/** What errors name: the whole command for a function, the field for a method. */
	readonly at: At;
}

interface At {
	readonly offset: number;
	/** Called when there is an error to tell, and not before. */
	readonly print: () => string;
}

/** Evaluates the expressions of one template in execution. */
export class Expressions {
	readonly scope: Scope;
	readonly #source: Source;
	readonly #functions: (name: string) => GoFunction | undefined;

	constructor(source: Source, scope: Scope, functions: (name: string) => GoFunction | undefined) {
		this.#source = source;
		this.scope = scope;
		this.#functions = functions;
	}

	/** The pipeline's value, after its declarations and assignments. */
	pipe(dot: Value, pipe: PipeNode): Value {
		let value: Piped = absent;
		for (const command of pipe.commands) {
			value = this.#command(dot, command, value) ?? undefined;
		}
		const result = value === absent ? undefined : value;
		for (const name of pipe.declared) {
			if (!pipe.assigns) {
				this.scope.declare(name, result);
			} else if (!this.scope.assign(name, result)) {
				throw this.error(pipe, `undefined variable: ${name}`);
			}
		}
		return result;
	}

	error(node: Operand, message: string): TemplateError {
		return this.#error(placeOf(node), message);
	}

	#error({ offset, print }: At, message: string, deliberate = false): TemplateError {
		return new TemplateError(message, locate(this.#source, offset), { expression: print(), deliberate });
	}

	#command(dot: Value, command: CommandNode, piped: Piped): Value {
		const [first, ...args] = command.args;
		switch (first.kind) {
			case "field":
				return this.#path(dot, dot, first, args, piped);
			case "chain":
				return this.#path(dot, this.#chainBase(dot, first), first, args, piped);
			case "variable":
				return this.#variable(dot, first, args, piped);
			case "identifier":
				return this.#function(
					dot,
					first,
					{ offset: command.offset, print: () => printCommand(command) },
					args,
					piped,
				);
			default:
				return this.#plain(dot, first, args.length > 0 || piped !== absent);
		}
	}

	#plain(dot: Value, node: Operand, hasArguments: boolean): Value {
		if (hasArguments) {
			throw this.error(node, `can't give argument to non-function ${printOperand(node)}`);
		}
		switch (node.kind) {
			case "pipe":
				return this.pipe(dot, node);
			case "dot":
				return dot;
			case "nil":
				throw this.error(node, "nil is not a command");
			default:
				return literalValue(node);
		}
	}

	#variable(dot: Value, node: VariableNode, args: readonly Operand[], piped: Piped): Value {
		if (!this.scope.has(node.name)) {
			throw this.error(node, `undefined variable: ${node.name}`);
		}
		const value = this.scope.get(node.name);
		if (node.path.length > 0) {
			return this.#path(dot, value, node, args, piped);
		}
		if (args.length > 0 || piped !== absent) {
			throw this.error(node, `can't give argument to non-function ${node.name}`);
		}
		return value;
	}

	#chainBase(dot: Value, node: ChainNode): Value {
		if (node.base.kind === "nil") {
			throw this.error(node, `indirection through explicit nil in ${printOperand(node)}`);
		}
		return this.#operand(dot, node.base);
	}

	/** Walks `.a.b.c`; only the last of them can be a method with arguments. */
	#path(
		dot: Value,
		start: Value,
		node: FieldNode | VariableNode | ChainNode,
		args: readonly Operand[],
		piped: Piped,
	): Value {
		const last = node.path.length - 1;
		return node.path.reduce<Value>((receiver, name, i) => {
			return this.#field(dot, receiver, name, node, i === last ? { args, piped } : noArguments);
		}, start);
	}

	#field(
		dot: Value,
		receiver: Value,
		name: string,
		node: Operand,
		call: Pick<Call, "args" | "piped">,
	): Value {
		const method = receiver instanceof GoObject ? receiver.methods.get(name) : undefined;
		if (method !== undefined) {
			return this.#call(dot, method as GoFunction, { ...call, name, at: placeOf(node) });
		}
		if (receiver !== undefined && (call.args.length > 0 || call.piped !== absent)) {
			throw this.error(node, `${name} is not a method but has arguments`);
		}
		return this.converted(node, () => fieldOf(receiver, name));
	}

	#function(dot: Value, node: IdentifierNode, at: At, args: readonly Operand[], piped: Piped): Value {
		if (node.name === "and" || node.name === "or") {
			return this.#shortCircuit(dot, node, args, piped);
		}
		const definition = this.#functions(node.name);
		if (definition === undefined) {
			throw this.#error(at, `"${node.name}" is not a defined function`);
		}
		return this.#call(dot, definition, { name: node.name, args, piped, at });
	}

	/** `and` and `or` evaluate no more than they need, and answer with the operand that decided. */
	#shortCircuit(dot: Value, node: IdentifierNode, args: readonly Operand[], piped: Piped): Value {
		if (args.length === 0 && piped === absent) {
			throw this.error(node, `wrong number of args for ${node.name}: want at least 1 got 0`);
		}
		let value: Value;
		for (const arg of args) {
			value = this.#argument(dot, arg, "any") as Value;
			if (isTrue(value) === (node.name === "or")) {
				return value;
			}
		}
		return piped === absent ? value : piped;
	}

	#call(dot: Value, definition: GoFunction, call: Call): Value {
		this.#checkCount(definition, call);
		const argv: unknown[] = call.args.map((arg, i) =>
			this.#argument(dot, arg, typeOfParameter(definition, i)),
		);
		if (call.piped !== absent) {
			const piped = call.piped;
			argv.push(
				this.#converted(call.at, () => convertValue(piped, typeOfParameter(definition, argv.length))),
			);
		}
		try {
			return definition.call(argv as never[]);
		} catch (error) {
			throw this.#failure(error, call);
		}
	}

	#failure(error: unknown, { name, at }: Call): unknown {
		if (error instanceof DeliberateFailure) {
			return this.#error(at, error.message, true);
		}
		if (error instanceof CallError) {
			return this.#error(at, `error calling ${name}: ${error.message}`);
		}
		return error instanceof TemplateError ? error.includedAt(locate(this.#source, at.offset)) : error;
	}

	#checkCount({ parameters, rest }: GoFunction, { name, args, piped, at }: Call): void {
		const count = args.length + (piped === absent ? 0 : 1);
		if (rest === undefined ? count !== parameters.length : count < parameters.length) {
			const want = rest === undefined ? "" : "at least ";
			throw this.#error(
				at,
				`wrong number of args for ${name}: want ${want}${parameters.length} got ${count}`,
			);
		}
	}

	#argument(dot: Value, node: Operand, type: ParameterType): unknown {
		const at = placeOf(node);
		switch (node.kind) {
			case "nil":
			case "bool":
			case "number":
			case "string":
				return this.#converted(at, () => convertLiteral(node, type));
			default: {
				const value = this.#operand(dot, node);
				return this.#converted(at, () => convertValue(value, type));
			}
		}
	}

	/** An operand where no type is asked for. */
	#operand(dot: Value, node: Operand): Value {
		switch (node.kind) {
			case "identifier":
				return this.#function(dot, node, placeOf(node), [], absent);
			case "field":
				return this.#path(dot, dot, node, [], absent);
			case "variable":
				return this.#variable(dot, node, [], absent);
			case "chain":
				return this.#path(dot, this.#chainBase(dot, node), node, [], absent);
			default:
				return this.#plain(dot, node, false);
		}
	}

	/** What `work` makes of the node, its complaint as an error there. */
	converted<T>(node: Operand, work: () => T): T {
		return this.#converted(placeOf(node), work);
	}

	#converted<T>(at: At, convert: () => T): T {
		try {
			return convert();
		} catch (error) {
			throw error instanceof CallError ? this.#error(at, error.message) : error;
		}
	}
}

function placeOf(node: Operand): At {
	return { offset: node.offset, print: () => printOperand(node) };
}

function typeOfParameter({ parameters, rest }: GoFunction, index: number): ParameterType {
	return parameters[index] ?? rest ?? "any";
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
	if (receiver instanceof Map) {
		return receiver.has(name) ? receiver.get(name) : null;
	}
	if (receiver instanceof GoObject && receiver.fields.has(name)) {
		return receiver.fields.get(name);
	}
	throw new CallError(`can't evaluate field ${name} in type ${typeOf(receiver)}`);
}
