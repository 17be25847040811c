/** How many bytes a text has in UTF-8; there is no TextEncoder in the native program. */
export function utf8Length(text: string): number {
	let length = 0;
	for (const character of text) {
		const point = character.codePointAt(0) ?? 0;
		length += point > 0xffff ? 4 : point > 0x7ff ? 3 : point > 0x7f ? 2 : 1;
	}
	return length;
}
