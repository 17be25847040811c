/**
 * The items of a list flag, `a,b,"c,d"`: Go's command lines read it as a line of CSV (spf13/pflag, string_slice.go).
 * Quotes that do not surround an item belong to it.
 */
export function splitList(text: string): string[] {
	const items = text === "" ? [] : `,${text}`.matchAll(/,(?:"((?:[^"]|"")*)"(?=,|$)|([^,]*))/g);
	return [...items].map(([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain);
}
