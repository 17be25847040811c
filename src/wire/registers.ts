import type { Bytes } from "./bytes.ts";
import type { Expression, Source } from "./expression.ts";
import { interfaceNameLength, metaKey } from "./nf-tables.ts";

/** What a register holds. */
export type Held =
	| {
			readonly kind: "source";
			readonly source: Source;
			/** Only these bits of it. */
			readonly mask?: Bytes;
			/** It was turned from the machine's order to the network's. */
			readonly isTurned: boolean;
	  }
	| { readonly kind: "data"; readonly data: Bytes }
	| { readonly kind: "other" };

/** The registers of a rule while it is read, by their first four bytes. */
export class Registers {
	readonly #held = new Map<number, { readonly held: Held; readonly count: number }>();

	held(register: number): Held | undefined {
		return this.#held.get(register)?.held;
	}

	/** What stands in a row from a register on, as the parts of a value that together are so long. Undefined where a part of it is not known. */
	row(from: number, length: number): Held[] | undefined {
		const row: Held[] = [];
		for (let at = from; at < from + Math.ceil(length / 4); ) {
			const found = this.#held.get(at);
			if (found === undefined) {
				return undefined;
			}
			row.push(found.held);
			at += found.count;
		}
		return row;
	}

	load(to: number, source: Source): void {
		this.#write(to, { kind: "source", source, isTurned: false }, Math.ceil(lengthOf(source) / 4));
	}

	put(to: number, data: Bytes): void {
		this.#write(to, { kind: "data", data }, Math.ceil(data.length / 4));
	}

	/** What it holds now is not known. */
	forget(to: number): void {
		this.#write(to, { kind: "other" }, 4);
	}

	mask({ of, to, mask, xor }: Extract<Expression, { kind: "bitwise" }>): void {
		const held = this.held(of);
		const isPlain = held?.kind === "source" && held.mask === undefined && !/[^\0]/.test(xor);
		this.#write(to, isPlain ? { ...held, mask } : { kind: "other" }, Math.ceil(mask.length / 4));
	}

	turn(of: number, to: number): void {
		const held = this.held(of);
		const isPlain = held?.kind === "source" && !held.isTurned && held.mask === undefined;
		this.#write(to, isPlain ? { ...held, isTurned: true } : { kind: "other" }, 4);
	}

	/** What it overlaps is gone. */
	#write(to: number, held: Held, count: number): void {
		for (const [at, other] of this.#held) {
			if (at < to + count && to < at + other.count) {
				this.#held.delete(at);
			}
		}
		this.#held.set(to, { held, count: Math.max(count, 1) });
	}
}

function lengthOf(source: Source): number {
	switch (source.kind) {
		case "payload":
			return source.length;
		case "meta":
			return source.key === metaKey.iifname || source.key === metaKey.oifname ? interfaceNameLength : 4;
		case "route":
			return 4;
		default:
			return 16;
	}
}
