import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { parseCommandLine } from "./command-line.ts";
import { initFlags } from "./flags.ts";

function parse(...argv: string[]) {
	const parsed = parseCommandLine(argv, initFlags, "shunt init");
	return parsed.problems.length > 0 ? parsed.problems.map(formatProblem) : Object.fromEntries(parsed.given);
}

describe("the command line", () => {
	it.each([
		[["--incoming-proxy-port", "1"]],
		[["--incoming-proxy-port=1"]],
		[["-p", "1"]],
		[["-p1"]],
		[["-p=1"]],
	])("takes a value as %j", (argv) => {
		expect(parse(...argv)).toEqual({ "incoming-proxy-port": ["1"] });
	});

	it.each([
		[["--ipv6"], "true"],
		[["--ipv6=false"], "false"],
		[["--ipv6=0"], "0"],
	])("takes a boolean as %j", (argv, value) => {
		expect(parse(...argv)).toEqual({ ipv6: [value] });
	});

	it("takes one-letter flags together, the last with its value", () => {
		expect(parse("-wp4143")).toEqual({ "use-wait-flag": ["true"], "incoming-proxy-port": ["4143"] });
	});

	it("takes the next argument as the value even when it looks like a flag", () => {
		expect(parse("-u", "-1")).toEqual({ "proxy-uid": ["-1"] });
	});

	it("keeps every occurrence, in order, and values with an equals sign or a line break whole", () => {
		expect(parse("--netns", "a=b", "--netns=c=d\ne")).toEqual({ netns: ["a=b", "c=d\ne"] });
	});

	it("finds every mistake", () => {
		expect(parse("--nope=1", "-z", "stray", "--ipv6", "false", "--", "-p", "--output")).toEqual([
			'--nope: is not a flag of this program (want see "shunt init --help")',
			'-z: is not a flag of this program (want see "shunt init --help")',
			'arguments: "stray" belongs to no flag (want only flags; see "shunt init --help")',
			'arguments: "false" belongs to no flag (want only flags; see "shunt init --help")',
			'arguments: "-p" belongs to no flag (want only flags; see "shunt init --help")',
			'arguments: "--output" belongs to no flag (want only flags; see "shunt init --help")',
		]);
	});

	it("misses the value of a flag at the end", () => {
		expect(parse("-p")).toEqual(["-p: has no value (want -p PORT)"]);
		expect(parse("--netns")).toEqual(["--netns: has no value (want --netns NAME|PATH)"]);
	});
});
