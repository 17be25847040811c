/** Where one section of a results file begins and ends; the rest of the file is left alone. */
function markers(name: string) {
	return { begin: `<!-- begin ${name} -->`, end: `<!-- end ${name} -->` };
}

/** Replaces a section, or adds it at the end, so that each benchmark can be run alone. */
export function replaceSection(text: string, name: string, section: string): string {
	const { begin, end } = markers(name);
	const marked = `${begin}\n${section.trim()}\n${end}`;
	const from = text.indexOf(begin);
	const to = text.indexOf(end, from);
	if (from < 0 || to < 0) {
		return `${text.trimEnd()}\n\n${marked}\n`.trimStart();
	}
	return text.slice(0, from) + marked + text.slice(to + end.length);
}
