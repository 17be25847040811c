import { printAction } from "../go/print.ts";
import { isTrue } from "../go/truth.ts";
import type { Value } from "../go/value.ts";
import type { BranchNode, Statement, Template, TemplateNode } from "./ast.ts";
import { Expressions } from "./expression.ts";
import type { FunctionLookup } from "./function-lookup.ts";
import { type Items, itemsOf } from "./range-items.ts";
import { Scope } from "./scope.ts";
import { type Location, locate } from "./source.ts";
import { TemplateError } from "./template-error.ts";

/** What a statement asks of the range around it. */
type Signal = "break" | "continue" | undefined;

/** What executing a template needs from around it. */
export interface Surroundings {
	readonly functions: FunctionLookup;
	readonly template: (name: string) => Template | undefined;
	readonly write: (text: string) => void;
}

/** Executes a template with `data` as its dot and its `$`. */
export function execute(template: Template, data: Value, surroundings: Surroundings): void {
	new Execution(template, data, surroundings).run(data);
}

class Execution {
	readonly #template: Template;
	readonly #surroundings: Surroundings;
	readonly #scope: Scope;
	readonly #expressions: Expressions;

	constructor(template: Template, data: Value, surroundings: Surroundings) {
		this.#template = template;
		this.#surroundings = surroundings;
		this.#scope = new Scope(data);
		this.#expressions = new Expressions(template.source, this.#scope, surroundings.functions);
	}

	run(dot: Value): void {
		this.#list(dot, this.#template.body);
	}

	#list(dot: Value, statements: readonly Statement[]): Signal {
		for (const statement of statements) {
			const signal = this.#statement(dot, statement);
			if (signal !== undefined) {
				return signal;
			}
		}
		return undefined;
	}

	#statement(dot: Value, statement: Statement): Signal {
		switch (statement.kind) {
			case "text":
				this.#surroundings.write(statement.text);
				return undefined;
			case "action":
				this.#action(dot, statement.pipe);
				return undefined;
			case "range":
				return this.#range(dot, statement);
			case "template":
				this.#include(dot, statement);
				return undefined;
			case "if":
			case "with":
				return this.#branch(dot, statement);
			default:
				return statement.kind;
		}
	}

	#action(dot: Value, pipe: Parameters<Expressions["pipe"]>[1]): void {
		const value = this.#expressions.pipe(dot, pipe);
		if (pipe.declared.length === 0) {
			this.#surroundings.write(printAction(value));
		}
	}

	#branch(dot: Value, node: BranchNode): Signal {
		const mark = this.#scope.mark;
		const value = this.#expressions.pipe(dot, node.pipe);
		const signal = isTrue(value)
			? this.#list(node.kind === "with" ? value : dot, node.body)
			: this.#list(dot, node.otherwise ?? []);
		this.#scope.reset(mark);
		return signal;
	}

	#range(dot: Value, node: BranchNode): Signal {
		const outer = this.#scope.mark;
		const value = this.#expressions.pipe(dot, node.pipe);
		const items = itemsOf(value);
		if (items === undefined) {
			throw this.#expressions.error(node.pipe, `range can't iterate over ${printAction(value)}`);
		}
		if (items.kind === "count" && node.pipe.declared.length > 1) {
			throw this.#expressions.error(node.pipe, "can't use a number to iterate over more than one variable");
		}
		const signal =
			items.values.length > 0 ? this.#iterate(node, items) : this.#list(dot, node.otherwise ?? []);
		this.#scope.reset(outer);
		return signal;
	}

	#iterate(node: BranchNode, items: Items): Signal {
		const mark = this.#scope.mark;
		for (const [i, item] of items.values.entries()) {
			this.#bind(node, items.keys[i], item);
			const signal = this.#list(item, node.body);
			this.#scope.reset(mark);
			if (signal === "break") {
				break;
			}
		}
		return undefined;
	}

	/** One variable takes the element, two take the key and the element. */
	#bind({ pipe }: BranchNode, key: Value, item: Value): void {
		const [first, second] = pipe.declared;
		if (pipe.assigns) {
			if (first !== undefined) {
				this.#scope.assign(first, second === undefined ? item : key);
			}
			if (second !== undefined) {
				this.#scope.assign(second, item);
			}
			return;
		}
		if (first !== undefined) {
			this.#scope.setFromTop(1, item);
		}
		if (second !== undefined) {
			this.#scope.setFromTop(2, key);
		}
	}

	#include(dot: Value, node: TemplateNode): void {
		const template = this.#surroundings.template(node.name);
		if (template === undefined) {
			throw new TemplateError(`template "${node.name}" not defined`, this.#location(node), {
				expression: `template "${node.name}"`,
			});
		}
		const data = node.pipe === undefined ? undefined : this.#expressions.pipe(dot, node.pipe);
		try {
			execute(template, data, this.#surroundings);
		} catch (error) {
			throw error instanceof TemplateError ? error.includedAt(this.#location(node)) : error;
		}
	}

	#location({ offset }: TemplateNode): Location {
		return locate(this.#template.source, offset);
	}
}
