/**
 * Splits a rule as iptables-save prints it into words: blanks separate, double quotes group, and inside them a
 * backslash keeps the next character (xtables_save_string in libxtables/xtables.c).
 */
export function splitWords(text: string): string[] {
	const words: string[] = [];
	for (const [, quoted, bare] of text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
		words.push(quoted === undefined ? (bare ?? "") : withoutBackslashes(quoted));
	}
	return words;
}

function withoutBackslashes(quoted: string): string {
	return quoted.includes("\\") ? quoted.replace(/\\(.)/g, "$1") : quoted;
}
