import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { initFlags } from "../init/flags.ts";
import { parseCommandLine } from "./command-line.ts";

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
		expect(parse("--nope=1", "-z", "stray", "--ipv6", "-w", "--", "-p", "--output")).toEqual([
			'--nope: is not a flag of this program (want a flag that "shunt init --help" lists)',
			'-z: is not a flag of this program (want a flag that "shunt init --help" lists)',
			'arguments: "stray" belongs to no flag (want only flags, as "shunt init --help" lists them)',
			'arguments: "-p" belongs to no flag (want only flags, as "shunt init --help" lists them)',
			'arguments: "--output" belongs to no flag (want only flags, as "shunt init --help" lists them)',
		]);
	});

	it.each([
		["--incoming-proxy-prot", "--incoming-proxy-port"],
		["--incoming-proxy", "--incoming-proxy-port"],
		["--skip-inbound-prots", "--skip-inbound-ports"],
		["-incoming-proxy-port", "--incoming-proxy-port"],
		["--inbound", "--inbound-ports-to-ignore, --inbound-interfaces-to-ignore"],
		["--hlp", "--help"],
	])("says for %s what was likely meant", (written, meant) => {
		// What follows is taken for the value of what was meant, where that has one.
		const [problem, ...others] = Object.values(parse(...(meant === "--help" ? [written] : [written, "80"])));
		expect(others).toEqual([]);
		expect(problem).toMatch(/^--?[\w-]+: is not a flag of this program /);
		expect(problem).toContain(`(want ${meant} or another flag that "shunt init --help" lists)`);
	});

	it.each([
		["--ipv6", "false"],
		["--ipv6", "0"],
		["-w", "TRUE"],
		["--simulate", "true"],
	])("says how %s %s is written", (flag, value) => {
		expect(parse(flag, value)).toEqual([
			`${flag}: "${value}" stands apart from its flag, which is true already (want ${flag}=${value})`,
		]);
	});

	it("takes for words what belongs to no flag, where there are words", () => {
		const { words, problems } = parseCommandLine(
			["a", "--ipv6", "b", "--", "-p"],
			initFlags,
			"shunt explain",
			"words",
		);
		expect([words, problems]).toEqual([["a", "b", "-p"], []]);
	});

	it.each(["--netns=", "--netns= ", "-p=", "--uids-to-ignore="])(
		"does not take an empty value: %s",
		(argument) => {
			const [problem] = Object.values(parse(argument));
			expect(problem).toMatch(
				/^--[\w-]+: " ?" is empty, so the flag has no value \(want --[\w-]+ [A-Z|]+\)$/,
			);
		},
	);

	it.each(["--iptables-mode=", "--firewall-bin-path=", "--firewall-save-bin-path="])(
		"takes %s for none, as the reference program does",
		(argument) => {
			expect(parse(argument)).toEqual({ [argument.slice(2, -1)]: [""] });
		},
	);

	it.each([
		["--inbound-port", "incoming-proxy-port"],
		["--outbound-port", "outgoing-proxy-port"],
		["--skip-inbound-ports", "inbound-ports-to-ignore"],
		["--skip-outbound-ports", "outbound-ports-to-ignore"],
		["--skip-subnets", "subnets-to-ignore"],
		["--skip-outbound-subnets", "outbound-subnets-to-ignore"],
		["--skip-uids", "uids-to-ignore"],
		["--redirect-inbound-ports", "ports-to-redirect"],
		["--redirect-outbound-ports", "outbound-ports-to-redirect"],
	])("knows %s by the annotation's name", (written, name) => {
		expect(parse(written, "1")).toEqual({ [name]: ["1"] });
	});

	it("misses the value of a flag at the end", () => {
		expect(parse("-p")).toEqual(["-p: has no value (want -p PORT)"]);
		expect(parse("--netns")).toEqual(["--netns: has no value (want --netns NAME|PATH)"]);
	});
});
