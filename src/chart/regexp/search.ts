/** What a pattern finds, by package regexp's rules for matches of nothing. */
export interface Match {
	readonly start: number;
	readonly end: number;
	readonly groups: readonly (string | undefined)[];
	readonly named: Readonly<Record<string, string | undefined>>;
}

/** Up to `limit` matches, all for a negative one. A match of nothing right behind another match does not count. */
export function findAll(pattern: RegExp, text: string, limit: number): Match[] {
	const matches: Match[] = [];
	let previousEnd = -1;
	let position = 0;
	while ((limit < 0 || matches.length < limit) && position <= text.length) {
		const match = matchFrom(pattern, text, position);
		if (match === undefined) {
			break;
		}
		if (match.end > match.start || match.start !== previousEnd) {
			matches.push(match);
		}
		position = match.end > position ? match.end : position + runeLength(text, position);
		previousEnd = match.end;
	}
	return matches;
}

function matchFrom(pattern: RegExp, text: string, position: number): Match | undefined {
	pattern.lastIndex = position;
	const found = pattern.exec(text);
	if (found === null) {
		return undefined;
	}
	return {
		start: found.index,
		end: found.index + found[0].length,
		groups: [...found],
		named: found.groups ?? {},
	};
}

function runeLength(text: string, position: number): number {
	return (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

/** The text with every match replaced. */
export function replaceAll(pattern: RegExp, text: string, replacement: (match: Match) => string): string {
	const parts: string[] = [];
	let end = 0;
	for (const match of findAll(pattern, text, -1)) {
		parts.push(text.slice(end, match.start), replacement(match));
		end = match.end;
	}
	return parts.join("") + text.slice(end);
}

/** `$1`, `${1}` and `$name` in a replacement. As in Go, `$1x` is the group named `1x`, which there is none of. */
export function expand(template: string, match: Match): string {
	return template.replace(
		/\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu,
		(_, bare?: string, braced?: string) => {
			const name = bare ?? braced;
			if (name === undefined) {
				return "$";
			}
			return (/^\d+$/.test(name) ? match.groups[Number(name)] : match.named[name]) ?? "";
		},
	);
}

/** What lies between the matches, in at most `limit` pieces. */
export function split(pattern: RegExp, text: string, limit: number): string[] {
	if (text === "") {
		return [""];
	}
	const pieces: string[] = [];
	let begin = 0;
	let end = 0;
	for (const match of findAll(pattern, text, limit)) {
		if (limit > 0 && pieces.length >= limit - 1) {
			break;
		}
		end = match.start;
		if (match.end !== 0) {
			pieces.push(text.slice(begin, end));
		}
		begin = match.end;
	}
	if (end !== text.length) {
		pieces.push(text.slice(begin));
	}
	return pieces;
}
