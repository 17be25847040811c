import { nilList, strings, type Value } from "../go/value.ts";
import { expand, findAll, replaceAll, split } from "../regexp/search.ts";
import { PatternError, translatePattern } from "../regexp/translate.ts";
import { type FunctionTable, fixed } from "./function.ts";
import { both } from "./lists.ts";

/** sprig's regular expressions. All but `regexMatch` fail on a bad pattern; that one answers false. */
export const regexpFunctions: FunctionTable = {
	regexMatch: fixed(["string", "string"], (pattern, text) => matchesOrFalse(pattern, text)),
	mustRegexMatch: fixed(["string", "string"], matches),
	...both(
		"regexFind",
		fixed(
			["string", "string"],
			(pattern, text) => findAll(translatePattern(pattern), text, 1)[0]?.groups[0] ?? "",
		),
	),
	...both("regexFindAll", fixed(["string", "string", "int"], all)),
	...both(
		"regexReplaceAll",
		fixed(["string", "string", "string"], (pattern, text, replacement) =>
			replaceAll(translatePattern(pattern), text, (match) => expand(replacement, match)),
		),
	),
	...both(
		"regexReplaceAllLiteral",
		fixed(["string", "string", "string"], (pattern, text, replacement) =>
			replaceAll(translatePattern(pattern), text, () => replacement),
		),
	),
	...both("regexSplit", fixed(["string", "string", "int"], pieces)),
	regexQuoteMeta: fixed(["string"], (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
};

function matches(pattern: string, text: string): boolean {
	return findAll(translatePattern(pattern), text, 1).length > 0;
}

function matchesOrFalse(pattern: string, text: string): boolean {
	try {
		return matches(pattern, text);
	} catch (error) {
		if (error instanceof PatternError) {
			return false;
		}
		throw error;
	}
}

function all(pattern: string, text: string, limit: number): Value {
	const found = findAll(translatePattern(pattern), text, limit);
	return found.length === 0 ? nilList("string") : strings(found.map(({ groups }) => groups[0] ?? ""));
}

function pieces(pattern: string, text: string, limit: number): Value {
	const expression = translatePattern(pattern);
	return limit === 0 ? nilList("string") : strings(split(expression, text, limit));
}
