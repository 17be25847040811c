import { outcomeOf } from "./rule-action.ts";
import { isAnonymous, type Piece, type SetContent, type Values, valueWords, wordsOf } from "./rule-piece.ts";

/** A rule as nft lists it. */
export function nftText(pieces: readonly Piece[], end: string, comment: string | undefined): string {
	const said = [...pieces.map(({ nft }) => nft), end].filter((word) => word !== "");
	return [...said, ...(comment === undefined ? [] : [`comment "${comment}"`])].join(" ");
}

/**
 * A rule as iptables-save prints it behind `-A CHAIN`; undefined where that has no words for a part. Options of one
 * extension stand together.
 */
export function savedText(pieces: readonly Piece[], end: string | undefined): string | undefined {
	if (end === undefined || pieces.some(({ save, isSilent }) => save === undefined && isSilent !== true)) {
		return undefined;
	}
	const options = pieces.flatMap(({ save }) => (save === undefined ? [] : [save]));
	let opened: string | undefined;
	const said = options
		.sort((a, b) => a.rank - b.rank)
		.map(({ extension, words }) => {
			const opening = extension === undefined || extension === opened ? "" : `-m ${extension} `;
			opened = extension;
			return opening + words;
		});
	return [...said, end].filter((word) => word !== "").join(" ");
}

/** A verdict map by its name, or one without a name by what it holds. */
export function mapWords(set: string, content: SetContent | undefined, values: Values | undefined): string {
	const field = values === undefined ? "" : `${wordsOf(values)} `;
	if (content === undefined || values === undefined || !isAnonymous(set)) {
		return `${field}vmap @${set}`;
	}
	const listed = content.ranges.map(
		({ element: { verdict } }, index) =>
			`${valueWords(values, index)} : ${verdict === undefined ? "?" : outcomeOf(verdict).nft}`,
	);
	return `${field}vmap { ${listed.join(", ")} }`;
}
