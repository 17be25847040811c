import { writtenOut } from "./edits.ts";
import type { Manuscript } from "./manuscript.ts";
import type { Node } from "./node.ts";
import type { Edit } from "./text-edit.ts";

/** Aliases of what edits have changed or taken away say by themselves what they said so far. */
export function aliasEdits(text: Manuscript, node: Node, key?: Node): Edit[] {
	switch (node.kind) {
		case "alias":
			return text.changed.has(node.target) && !text.gone.has(node)
				? writtenOut(text, { node, key }, node.value)
				: [];
		case "map":
			return node.pairs.flatMap((pair) => [
				...aliasEdits(text, pair.key),
				// A merge takes no lines of its own below it: one line says better that it was one.
				...aliasEdits(text, pair.value, pair.name === undefined || node.isFlow ? undefined : pair.key),
			]);
		case "seq":
			return node.items.flatMap((item) => aliasEdits(text, item));
		default:
			return [];
	}
}
