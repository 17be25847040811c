import { expect, it } from "vitest";
import { splitList } from "./value-flags.ts";

it.each([
	["", []],
	["a.yaml", ["a.yaml"]],
	["a.yaml,b.yaml", ["a.yaml", "b.yaml"]],
	['"a,b.yaml",c.yaml', ["a,b.yaml", "c.yaml"]],
	['"say ""hello"".yaml"', ['say "hello".yaml']],
	["a,,b", ["a", "", "b"]],
	[",a,", ["", "a", ""]],
	['it"s,b', ['it"s', "b"]],
])("%j is %j", (text, items) => {
	expect(splitList(text)).toEqual(items);
});
