import { isScalar, isSeq, visit } from "yaml";
import { type ManifestDocument, parseDocuments } from "./yaml-documents.ts";
import { columnOf } from "./yaml-lines.ts";
import type { Style } from "./yaml-print.ts";

/** A file's text, its syntax trees, and the way it is written. */
export interface Manuscript {
	readonly source: string;
	readonly trees: readonly ManifestDocument["syntax"][];
	readonly style: Style;
}

/** The text gets a last line break if it has none, so that one kind of edit serves for every line. */
export function manuscriptOf(source: string, documents: readonly ManifestDocument[]): Manuscript {
	const eol = source.includes("\r\n") ? "\r\n" : "\n";
	const whole = source.endsWith("\n");
	const padded = whole ? source : source + eol;
	const trees = (whole ? documents : parseDocuments(padded, "").documents).map(({ syntax }) => syntax);
	return { source: padded, trees, style: { eol, indentSeq: indentsSequences(padded, trees) } };
}

/** As the first sequence below a key does it. */
function indentsSequences(source: string, trees: Manuscript["trees"]): boolean {
	let answer: boolean | undefined;
	for (const tree of trees) {
		visit(tree, {
			Pair(_, { key, value }) {
				if (isScalar(key) && key.range && isSeq(value) && value.range && !value.flow) {
					answer = columnAt(source, value.range[0]) > columnAt(source, key.range[0]);
				}
				return answer === undefined ? undefined : visit.BREAK;
			},
		});
	}
	return answer ?? false;
}

function columnAt(source: string, offset: number): number {
	try {
		return columnOf(source, offset);
	} catch {
		return 0;
	}
}
