import { asArray, asList, asRecord, field, type Json, type JsonRecord } from "./json.ts";

/**
 * What each statement of a rule says in the rule's own words: JSON is for programs, and the text is at hand. Both have
 * the statements in one order, so each is found by how it begins, behind the one before it. One that is not found has
 * the whole rule's words, and without a text all keep their JSON.
 */
export function statementWords(
	statements: readonly JsonRecord[],
	rule: JsonRecord,
	text: string | undefined,
) {
	if (text === undefined) {
		return statements.map((statement) => xtWords(statement) ?? JSON.stringify(statement));
	}
	const words = withoutComment(text, rule["comment"]);
	const starts = startsIn(words, statements);
	return statements.map((statement, index) => {
		const start = starts[index];
		const end = starts.slice(index + 1).find((other) => other !== undefined);
		return xtWords(statement) ?? (start === undefined ? words : words.slice(start, end).trim());
	});
}

function withoutComment(text: string, comment: Json): string {
	const end = ` comment "${comment}"`;
	return typeof comment === "string" && text.endsWith(end) ? text.slice(0, -end.length) : text;
}

function startsIn(words: string, statements: readonly JsonRecord[]): (number | undefined)[] {
	// What stands in quotation marks is somebody's text and begins nothing.
	const searched = words.replace(/"[^"]*"/g, (quoted) => "_".repeat(quoted.length));
	let from = 0;
	return statements.map((statement) => {
		const beginning = beginningOf(statement);
		const found = beginning === undefined ? -1 : searched.slice(from).search(beginning);
		if (found < 0) {
			return undefined;
		}
		const start = from + found;
		from = start + 1;
		return start;
	});
}

/** An extension of iptables' that nf_tables runs as it is: JSON has its name and no more. */
function xtWords({ xt }: JsonRecord): string | undefined {
	const name = field(xt, "name");
	return typeof name === "string" ? `${xtBeginning}${String(field(xt, "type"))} "${name}"` : undefined;
}

const xtBeginning = "xt ";

/** Whether these are the words of such an extension, and so of what iptables-save shows better. */
export function isXt(words: string): boolean {
	return /^xt (?:match|target|watcher) "/.test(words);
}

function beginningOf(statement: JsonRecord): RegExp | undefined {
	const [name = "", value] = Object.entries(statement)[0] ?? [];
	switch (name) {
		case "match":
			return asBeginning(keyWords(field(value, "left")));
		case "vmap":
		case "mangle":
			return asBeginning(keyWords(field(value, "key")));
		case "set":
		case "map":
			return asBeginning(typeof field(value, "op") === "string" ? String(field(value, "op")) : undefined);
		default:
			return asBeginning(name);
	}
}

function asBeginning(words: string | undefined): RegExp | undefined {
	const escaped = words?.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&");
	return escaped ? new RegExp(`(?<=^|\\s)${escaped.replace(/^(meta) /, "(?:$1 )?")}(?!\\w)`) : undefined;
}

/** How nft(8) spells a key, as far as its beginning goes. */
function keyWords(key: Json): string | undefined {
	const [kind = "", value] = Object.entries(asRecord(key) ?? {})[0] ?? [];
	switch (kind) {
		case "payload":
			return value !== undefined && field(value, "base") !== undefined
				? "@"
				: `${String(field(value, "protocol"))} ${String(field(value, "field"))}`;
		case "meta":
			return `meta ${String(field(value, "key"))}`;
		case "ct":
			return ["ct", field(value, "dir"), field(value, "key")].filter((word) => word !== undefined).join(" ");
		case "tcp option":
			return `tcp option ${String(field(value, "name"))}`;
		case "concat":
		case "&":
		case "|":
		case "^":
		case "<<":
		case ">>":
			return keyWords(asList(asArray(value)?.[0] ?? value)[0]);
		default:
			return kind === "" ? undefined : kind;
	}
}
