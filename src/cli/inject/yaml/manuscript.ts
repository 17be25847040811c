import type { Json } from "../../../inject/json.ts";
import { columnOf } from "./lines.ts";
import { childrenOf, type Node } from "./node.ts";
import type { Style } from "./print.ts";
import type { Edit } from "./text-edit.ts";

/** A document's text, the way it is written, and what becomes of its nodes while edits are made. */
export interface Manuscript {
	readonly source: string;
	readonly style: Style;
	/** Nodes that will not say any more what they said: what aliases repeat of them has to be written out. */
	readonly changed: Set<Node>;
	/** Aliases that have no text of their own any more. */
	readonly gone: Set<Node>;
	/** The edits of a part, for what makes those of the whole. */
	readonly editsOf: EditsOf;
}

/** A node, and the key whose value it is. */
export interface Slot {
	readonly node: Node;
	readonly key?: Node | undefined;
}

export type EditsOf = (text: Manuscript, slot: Slot, before: Json, after: Json) => Edit[];

export function manuscriptOf(
	{ source, eol, editsOf }: Pick<Manuscript, "source" | "editsOf"> & Pick<Style, "eol">,
	root: Node,
): Manuscript {
	const style = { eol, indentSeq: indentsSequences(source, root) ?? false };
	return { source, style, changed: new Set(), gone: new Set(), editsOf };
}

/** A node's text goes, with all that is below it. */
export function discard(text: Manuscript, node: Node): void {
	(node.kind === "alias" ? text.gone : text.changed).add(node);
	for (const child of childrenOf(node)) {
		discard(text, child);
	}
}

/** As the first sequence below a key does it. */
function indentsSequences(source: string, node: Node): boolean | undefined {
	if (node.kind === "seq") {
		return firstAnswer(node.items, (item) => indentsSequences(source, item));
	}
	if (node.kind !== "map") {
		return undefined;
	}
	return firstAnswer(node.pairs, ({ key, value }) => {
		const [dash] = value.kind === "seq" ? value.dashes : [];
		return dash === undefined
			? indentsSequences(source, value)
			: columnAt(source, dash) > columnAt(source, key.start);
	});
}

function firstAnswer<T>(items: readonly T[], ask: (item: T) => boolean | undefined): boolean | undefined {
	for (const item of items) {
		const answer = ask(item);
		if (answer !== undefined) {
			return answer;
		}
	}
	return undefined;
}

function columnAt(source: string, offset: number): number {
	try {
		return columnOf(source, offset);
	} catch {
		return 0;
	}
}
