import { describe, expect, it } from "vitest";
import { CallError } from "../go/call-error.ts";
import { expand, findAll, replaceAll, split } from "./search.ts";
import { PatternError, translatePattern } from "./translate.ts";

function find(pattern: string, text: string): (string | undefined)[] {
	return findAll(translatePattern(pattern), text, -1).map(({ groups }) => groups[0]);
}

describe("RE2's patterns in JavaScript", () => {
	it.each([
		["a.c", "abc a\nc a\u2028c", ["abc", "a\u2028c"]],
		["(?s)a.c", "a\nc", ["a\nc"]],
		["^b", "a\nb", []],
		["(?m)^b$", "a\nb\r\nb", ["b"]],
		["a$", "a\n", []],
		["(?i)HE", "he HE", ["he", "HE"]],
		["\\s", "\u00a0 \t", [" ", "\t"]],
		["\\S+", "a b", ["a", "b"]],
		["[[:alpha:]_]+", "ab_1", ["ab_"]],
		["[^-a-z.]", "a-.B", ["B"]],
		["[]a]+", "]a", ["]a"]],
		["\\Qa.b\\E+", "a.bb", ["a.bb"]],
		["\\x41\\x{42}\\103", "ABC", ["ABC"]],
		["\\pL+\\p{Greek}", "aα", ["aα"]],
		["\\Aa\\z", "a", ["a"]],
		["(?P<x>a)(?:b)", "ab", ["ab"]],
		["a{2}", "aaa", ["aa"]],
		["a{,2}", "a{,2}", ["a{,2}"]],
		["a*", "baaac", ["", "aaa", ""]],
		["", "ab", ["", "", ""]],
	])("%s in %j finds %j", (pattern, text, found) => {
		expect(find(pattern, text)).toEqual(found);
	});

	it.each(["[", "a**", "(", "(?=a)", "(?<!a)b", "\\1", "\\q", "a{1001}", "[[:nope:]]", "[b-a]"])(
		"%s is no pattern, as in Go",
		(pattern) => {
			expect(() => translatePattern(pattern)).toThrow(PatternError);
		},
	);

	it.each(["a(?i)b", "(?i:a)", "(?U)a+", "[\\S]"])("%s is refused, because it cannot be had", (pattern) => {
		expect(() => translatePattern(pattern)).toThrow(CallError);
		expect(() => translatePattern(pattern)).not.toThrow(PatternError);
	});
});

describe("replacing and splitting", () => {
	it.each([
		["a(x*)b", "-ab-axxb-", "$".concat("{1}W"), "-W-xxW-"],
		["a(x*)b", "-ab-axxb-", "$1W", "---"],
		["a(?P<n>x*)b", "-axb-", "<$n$$$0>", "-<x$axb>-"],
		["", "ab", "-", "-a-b-"],
		["x", "axa", "$", "a$a"],
	])("%s in %s by %s gives %s", (pattern, text, replacement, expected) => {
		expect(replaceAll(translatePattern(pattern), text, (match) => expand(replacement, match))).toBe(expected);
	});

	it("splits around matches, in so many pieces", () => {
		expect(split(translatePattern("z+"), "pizza", -1)).toEqual(["pi", "a"]);
		expect(split(translatePattern(","), "a,b,c", 2)).toEqual(["a", "b,c"]);
		expect(split(translatePattern(","), "", -1)).toEqual([""]);
	});
});
