import { align } from "../../../inject/align.ts";
import type { JsonArray } from "../../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { type Gap, gapsOf } from "./gaps.ts";
import { lineStart, nextLine, ownColumn, pastComments } from "./lines.ts";
import { discard, type Manuscript } from "./manuscript.ts";
import type { Node, SeqNode } from "./node.ts";
import { printBlock } from "./print.ts";
import type { Edit } from "./text-edit.ts";

interface BlockSeq {
	readonly node: SeqNode;
	/** Whose value it is, if it is that of a key. */
	readonly key: Node | undefined;
}

/** Items that go take their lines along, items that come get lines where they belong. */
export function blockSeqEdits(text: Manuscript, seq: BlockSeq, before: JsonArray, after: JsonArray): Edit[] {
	const steps = align(before, after);
	if (!steps.some(({ kind }) => kind === "keep") || seq.node.dashes.length !== before.length) {
		throw new CannotSplice("nothing of it stays");
	}
	return [
		...steps.flatMap((step) =>
			step.kind === "keep"
				? text.editsOf(
						text,
						{ node: itemOf(seq, step.from) },
						before[step.from] ?? null,
						after[step.to] ?? null,
					)
				: [],
		),
		...gapsOf(steps).map((gap) => gapEdit(text, seq, gap, after)),
	];
}

function itemOf({ node }: BlockSeq, index: number): Node {
	const item = node.items[index];
	if (item === undefined) {
		throw new CannotSplice("its place is not known");
	}
	return item;
}

function gapEdit(text: Manuscript, seq: BlockSeq, gap: Gap, after: JsonArray): Edit {
	const { source, style } = text;
	const { dashes } = seq.node;
	const column = ownColumn(source, dashes[0] ?? 0);
	const added = gap.added.map((index) => after[index] ?? null);
	const lines = added.length > 0 ? printBlock(added, column, style) : "";
	const [first] = gap.removed;
	const last = gap.removed.at(-1);
	if (first !== undefined && last !== undefined) {
		for (const index of gap.removed) {
			discard(text, itemOf(seq, index));
		}
		const start = lineStart(source, dashes[first] ?? 0);
		return { start, end: nextLine(source, itemOf(seq, last).end), text: lines };
	}
	const position =
		gap.after === -1
			? nextLine(source, endOfKey(seq.key))
			: pastComments(source, nextLine(source, itemOf(seq, gap.after).end), column);
	return { start: position, end: position, text: lines };
}

/** What comes first stands right below the key, above the comments of what was first so far. */
function endOfKey(key: Node | undefined): number {
	if (key?.kind !== "scalar") {
		throw new CannotSplice("it is not the value of a key");
	}
	return key.end;
}
