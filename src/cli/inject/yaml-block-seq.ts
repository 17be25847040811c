import { isScalar, type YAMLSeq } from "yaml";
import { align } from "../../inject/align.ts";
import type { JsonArray } from "../../inject/json.ts";
import { CannotSplice } from "./cannot-splice.ts";
import { type Gap, gapsOf } from "./gaps.ts";
import type { Manuscript } from "./manuscript.ts";
import type { Edit } from "./text-edit.ts";
import { editsOf } from "./yaml-edits.ts";
import { leafEnd, lineStart, nextLine, ownColumn, pastComments } from "./yaml-lines.ts";
import { printBlock } from "./yaml-print.ts";

interface BlockSeq {
	readonly node: YAMLSeq;
	/** Whose value it is, if it is that of a key. */
	readonly key: unknown;
}

/** Items that go take their lines along, items that come get lines where they belong. */
export function blockSeqEdits(text: Manuscript, seq: BlockSeq, before: JsonArray, after: JsonArray): Edit[] {
	const steps = align(before, after);
	const dashes = dashesOf(seq.node);
	if (!steps.some(({ kind }) => kind === "keep") || dashes.length !== before.length) {
		throw new CannotSplice("nothing of it stays");
	}
	return [
		...steps.flatMap((step) =>
			step.kind === "keep"
				? editsOf(
						text,
						{ node: seq.node.items[step.from] },
						before[step.from] ?? null,
						after[step.to] ?? null,
					)
				: [],
		),
		...gapsOf(steps).map((gap) => gapEdit(text, seq, { gap, dashes, after })),
	];
}

interface GapContext {
	readonly gap: Gap;
	readonly dashes: readonly number[];
	readonly after: JsonArray;
}

function gapEdit({ source, style }: Manuscript, seq: BlockSeq, { gap, dashes, after }: GapContext): Edit {
	const column = ownColumn(source, dashes[0] ?? 0);
	const added = gap.added.map((index) => after[index] ?? null);
	const text = added.length > 0 ? printBlock(added, column, style) : "";
	const [first] = gap.removed;
	const last = gap.removed.at(-1);
	if (first !== undefined && last !== undefined) {
		const start = lineStart(source, dashes[first] ?? 0);
		return { start, end: nextLine(source, leafEnd(seq.node.items[last])), text };
	}
	const position =
		gap.after === -1
			? nextLine(source, endOfKey(seq.key))
			: pastComments(source, nextLine(source, leafEnd(seq.node.items[gap.after])), column);
	return { start: position, end: position, text };
}

/** What comes first stands right below the key, above the comments of what was first so far. */
function endOfKey(key: unknown): number {
	if (!isScalar(key) || !key.range) {
		throw new CannotSplice("it is not the value of a key");
	}
	return key.range[1];
}

/** Nodes begin behind their dash, perhaps lines below; the token knows where it stands. */
function dashesOf({ srcToken }: YAMLSeq): number[] {
	if (srcToken?.type !== "block-seq") {
		throw new CannotSplice("its dashes are not known");
	}
	return srcToken.items.flatMap(({ start }) =>
		start.flatMap((token) => (token.type === "seq-item-ind" && "offset" in token ? [token.offset] : [])),
	);
}
