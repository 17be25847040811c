import type { Value } from "../go/value.ts";

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
