import type { Value } from "../go/value.ts";

/** The variables of one template in execution: a stack, of which a block leaves nothing behind. */
export class Scope {
	readonly #names: string[] = ["$"];
	readonly #values: Value[];

	constructor(root: Value) {
		this.#values = [root];
	}

	get mark(): number {
		return this.#names.length;
	}

	reset(mark: number): void {
		this.#names.length = mark;
		this.#values.length = mark;
	}

	declare(name: string, value: Value): void {
		this.#names.push(name);
		this.#values.push(value);
	}

	/** False where there is no such variable. */
	assign(name: string, value: Value): boolean {
		const index = this.#names.lastIndexOf(name);
		if (index < 0) {
			return false;
		}
		this.#values[index] = value;
		return true;
	}

	has(name: string): boolean {
		return this.#names.includes(name);
	}

	get(name: string): Value {
		return this.#values[this.#names.lastIndexOf(name)];
	}

	/** Sets the n-th variable from the top, as a range does for each element. */
	setFromTop(n: number, value: Value): void {
		this.#values[this.#values.length - n] = value;
	}
}
