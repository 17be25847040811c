import type { GoFunction } from "../functions/function.ts";
import { printAction } from "../go/format.ts";
import { isTrue, sortedEntries, type Value } from "../go/value.ts";
import type { ActionNode, BranchNode, Statement, Template } from "./ast.ts";
import { Expressions, Scope } from "./expression.ts";

/** What executing a template needs from around it. */
interface Surroundings {
	readonly functions: (name: string) => GoFunction | undefined;
	readonly write: (text: string) => void;
}

/** Executes a template with `data` as its dot and its `$`. */
export function execute(template: Template, data: Value, surroundings: Surroundings): void {
	new Execution(template, data, surroundings).list(data, template.body);
}

class Execution {
	readonly #write: Surroundings["write"];
	readonly #scope: Scope;
	readonly #expressions: Expressions;

	constructor(template: Template, data: Value, { functions, write }: Surroundings) {
		this.#write = write;
		this.#scope = new Scope(data);
		this.#expressions = new Expressions(template.source, this.#scope, functions);
	}

	list(dot: Value, statements: readonly Statement[]): void {
		for (const statement of statements) {
			switch (statement.kind) {
				case "text":
					this.#write(statement.text);
					break;
				case "action":
					this.#action(dot, statement);
					break;
				default:
					this.#branch(dot, statement);
			}
		}
	}

	#action(dot: Value, { pipe }: ActionNode): void {
		const value = this.#expressions.pipe(dot, pipe);
		if (pipe.declared.length === 0) {
			this.#write(this.#expressions.converted(pipe, () => printAction(value)));
		}
	}

	#branch(dot: Value, node: BranchNode): void {
		const mark = this.#scope.mark;
		const value = this.#expressions.pipe(dot, node.pipe);
		if (node.kind === "range") {
			this.#range(dot, node, value);
		} else if (isTrue(value)) {
			this.list(node.kind === "with" ? value : dot, node.body);
		} else {
			this.list(dot, node.otherwise ?? []);
		}
		this.#scope.reset(mark);
	}

	#range(dot: Value, node: BranchNode, value: Value): void {
		const items = itemsOf(value);
		if (items === undefined) {
			throw this.#expressions.error(node.pipe, `range can't iterate over ${printAction(value)}`);
		}
		const mark = this.#scope.mark;
		for (const [key, item] of items) {
			this.#bind(node, key, item);
			this.list(item, node.body);
			this.#scope.reset(mark);
		}
		if (items.length === 0) {
			this.list(dot, node.otherwise ?? []);
		}
	}

	/** One variable takes the element, two take the key and the element. */
	#bind({ pipe }: BranchNode, key: Value, item: Value): void {
		const values = pipe.declared.length > 1 ? [key, item] : [item];
		for (const [i, name] of pipe.declared.entries()) {
			this.#scope.assign(name, values[i]);
		}
	}
}

/** What a range goes through, a map in the order of its keys; undefined for what cannot be gone through. */
function itemsOf(value: Value): readonly (readonly [Value, Value])[] | undefined {
	if (value == null) {
		return [];
	}
	if (value instanceof Map) {
		return sortedEntries(value);
	}
	return Array.isArray(value) ? value.map((item, i) => [BigInt(i), item]) : undefined;
}
