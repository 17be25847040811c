import { expect, test } from "vitest";
import { createPaints, wantsColour } from "../src/cli/paint.ts";
import { connections } from "./connections.ts";
import type { DialectResult } from "./demo.ts";
import { formatResult } from "./report.ts";
import { formatTable } from "./table.ts";
import type { Trial } from "./trial.ts";
import { exitCodeOf, formatVerdict } from "./verdict.ts";

const plain = createPaints(false);
const caller = { address: "10.66.1.2", port: 40_000 };
const applied = { kind: "applied", used: "nft", milliseconds: 12.345, wholeMilliseconds: 98.7 } as const;
const unusable: DialectResult = {
	mode: "legacy",
	applied: { kind: "unusable", reason: "no such table" },
	trials: [],
};

function trial(family: Trial["family"], ok: boolean): Trial {
	const [connection] = connections;
	if (connection === undefined) {
		throw new Error("no connections");
	}
	const counted = { inbound: ok ? 1 : 0, outbound: 0 };
	const seen = ok ? { address: "10.66.1.1", port: 50_000 } : caller;
	const meeting = { caller, seen, seenUid: ok ? 2102 : 1001 };
	return {
		connection,
		family,
		expected: { path: "inbound" },
		observed: { kind: "made", counted, meeting },
		ok,
	};
}

test("families that fared alike share a line", () => {
	const text = formatResult(
		{ mode: "nft", applied, trials: [trial("ipv4", true), trial("ipv6", true)] },
		plain,
	);
	expect(text).toBe(`nft  rules applied in 12.3 ms (the whole process took 99 ms)
  connection         expected path         proxy counted  the server saw
  client → app:8080  proxy, inbound :4143  1 inbound      the proxy, uid 2102  IPv4 ✓  IPv6 ✓
`);
});

test("one that did not stands out on a line of its own", () => {
	const result = { mode: "nft", applied, trials: [trial("ipv4", true), trial("ipv6", false)] } as const;
	expect(formatResult(result, plain)).toContain(
		"  client → app:8080  proxy, inbound :4143  nothing        the caller, uid 1001  IPv6 ✗\n",
	);
	expect(formatVerdict([result], plain)).toBe("1 of 2 connections did not go the way the plan says.");
	expect(exitCodeOf([result])).toBe(1);
});

test("a dialect that cannot be used is named with its reason and does not fail the run", () => {
	const good = { mode: "nft", applied, trials: [trial("ipv4", true)] } as const;
	expect(formatResult(unusable, plain)).toBe("legacy  cannot be used on this machine: no such table\n");
	expect(exitCodeOf([unusable, good])).toBe(0);
	expect(formatVerdict([unusable, good], plain)).toBe(
		"All 1 connections went the way the plan says, in nft.",
	);
});

test("a machine without any dialect fails the run", () => {
	expect(exitCodeOf([unusable])).toBe(69);
});

test("paint does not count as width", () => {
	const { good } = createPaints(true);
	expect(
		formatTable([
			[{ text: "a", paint: good }, { text: "b" }],
			[{ text: "long" }, { text: "c" }],
		]),
	).toEqual(["\u001b[32ma   \u001b[0m  b", "long  c"]);
});

test("only terminals that want colours get them", () => {
	expect(wantsColour(true, {})).toBe(true);
	expect(wantsColour(false, {})).toBe(false);
	expect(wantsColour(true, { NO_COLOR: "1" })).toBe(false);
	expect(wantsColour(true, { TERM: "dumb" })).toBe(false);
});
