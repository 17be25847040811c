import { describe, expect, it } from "vitest";
import type { Fields, Log } from "../serving/log.ts";
import { concludeFrom, logResult } from "./conclusion.ts";
import type { ProbeResult } from "./probe.ts";

const result: ProbeResult = {
	topic: "redirect",
	direction: "outbound",
	family: "ipv4",
	outcome: "proven",
	text: "a connection was redirected",
};

function logged(
	results: readonly ProbeResult[],
	errors: readonly string[],
): [level: string, message: string, fields?: Fields][] {
	const lines: [string, string, Fields?][] = [];
	const at = (level: string) => (message: string, fields?: Fields) => {
		lines.push(fields === undefined ? [level, message] : [level, message, fields]);
	};
	const log: Log = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
	logResult(log, results, concludeFrom(errors));
	return lines;
}

describe("the log of a result", () => {
	it("has a line for what is proven and for what is not, with the rule that it is about", () => {
		const unproven: ProbeResult = { ...result, family: "ipv6", outcome: "unproven", text: "no route" };
		expect(logged([{ ...result, rule: "proxy-init/x" }, unproven], [])).toEqual([
			["info", "outbound ipv4: a connection was redirected", { rule: "proxy-init/x" }],
			["info", "outbound ipv6: not provable here: no route", {}],
			["info", "Validated"],
		]);
	});

	it("says less loudly what cannot be told since something else is broken", () => {
		const moot: ProbeResult = {
			...result,
			direction: "inbound",
			outcome: "unproven",
			isMoot: true,
			text: "who knows",
		};
		expect(logged([moot], ["it is broken"])).toEqual([
			["debug", "inbound ipv4: not provable here: who knows", {}],
			["error", "it is broken"],
		]);
	});

	it("says what is wrong once, as an error, and where to look", () => {
		const failed: ProbeResult = { ...result, outcome: "failed", text: "it was not redirected" };
		const [first, second, ...rest] = logged([failed], ["outbound ipv4: it was not redirected"]);
		expect(first).toEqual(["error", "outbound ipv4: it was not redirected"]);
		expect(second?.[0]).toBe("error");
		expect(second?.[1]).toMatch(/"shunt status" lists the rules/);
		expect(rest).toEqual([]);
	});
});
