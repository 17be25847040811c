import type { Json } from "../inject/json.ts";

/**
 * A YAML document as far as editing it needs to know: what is where, and what it says. Whichever reader made it,
 * positions count from the beginning of the text that was read.
 */
export type Node = ScalarNode | MapNode | SeqNode | AliasNode;

interface Place {
	/** Where its own text begins, behind an anchor or a tag. */
	readonly start: number;
	/** Where its own text ends, without the comments and blank lines below. */
	readonly end: number;
	/** Merges and aliases resolved; the same object for an alias as for its anchor. */
	readonly value: Json;
	/** Whether an anchor or a tag stands before it. */
	readonly isMarked?: boolean;
}

export interface ScalarNode extends Place {
	readonly kind: "scalar";
	/** `none`: nothing stands there. `absent`: not even a colon does. */
	readonly style: "plain" | "single" | "double" | "block" | "none" | "absent";
}

export interface MapNode extends Place {
	readonly kind: "map";
	readonly isFlow: boolean;
	readonly pairs: readonly Pair[];
}

export interface SeqNode extends Place {
	readonly kind: "seq";
	readonly isFlow: boolean;
	readonly items: readonly Node[];
	/** Where the dashes of a block sequence stand. */
	readonly dashes: readonly number[];
}

export interface AliasNode extends Place {
	readonly kind: "alias";
	readonly target: Node;
}

export interface Pair {
	/** Undefined for a merge (`<<`). */
	readonly name: string | undefined;
	readonly key: Node;
	readonly value: Node;
}

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
	switch (node.kind) {
		case "map":
			return node.pairs.flatMap(({ key, value }) => [key, value]);
		case "seq":
			return node.items;
		default:
			return [];
	}
}

/** Makes a key an object's own, whatever it is called. */
export function defineKey(object: { [key: string]: Json }, key: string, value: Json): void {
	if (key === "__proto__") {
		Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
	} else {
		object[key] = value;
	}
}
