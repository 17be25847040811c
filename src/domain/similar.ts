/**
 * The candidate that a misspelt word most likely stands for, or undefined where none is close: at most two letters, and
 * a third of the word, apart.
 */
export function mostSimilar(word: string, candidates: readonly string[]): string | undefined {
	const [closest] = candidates
		.map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
		.filter(({ distance }) => distance <= Math.min(2, word.length / 3))
		.sort((a, b) => a.distance - b.distance);
	return closest?.candidate;
}

/** How many letters have to be put in, taken out or exchanged (Levenshtein). */
function editDistance(from: string, to: string): number {
	let row = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (const [i, letter] of [...from].entries()) {
		const next = [i + 1];
		for (const [j, other] of [...to].entries()) {
			const [above = 0, diagonal = 0, left = 0] = [row[j + 1], row[j], next[j]];
			next.push(Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1)));
		}
		row = next;
	}
	return row.at(-1) ?? 0;
}
