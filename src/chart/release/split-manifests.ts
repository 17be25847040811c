import { trimSpace } from "../go/rune.ts";

/**
 * The documents in a rendered file. Helm splits at every line that begins with `---`, whatever comes before and after
 * it in the YAML, and takes the white space around the cut with it.
 */
export function splitManifests(text: string): string[] {
	const whole = trimSpace(text);
	const pieces: string[] = [];
	let start = 0;
	let from = 0;
	if (whole.startsWith("---")) {
		start = from = skipSpace(whole, 3);
		pieces.push("");
	}
	for (;;) {
		const cut = whole.indexOf("\n---", from);
		if (cut < 0) {
			break;
		}
		pieces.push(whole.slice(start, cut));
		start = from = skipSpace(whole, cut + 4);
	}
	pieces.push(whole.slice(start));
	return pieces.filter((piece) => piece !== "").map(trimSpace);
}

function skipSpace(text: string, start: number): number {
	let at = start;
	while ("\t\n\f\r ".includes(text.charAt(at)) && at < text.length) {
		at++;
	}
	return at;
}
