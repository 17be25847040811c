import { expect, it } from "vitest";
import type { Account } from "./account.ts";
import { Memory, WatchTable } from "./watch.ts";

function account(from: string, more: Partial<Account> = {}): Account {
	return {
		direction: "outbound",
		family: "ipv4",
		from,
		to: "10.0.0.1:80",
		wentTo: "10.0.0.1:80",
		via: "past-proxy",
		state: "established",
		tracking: "whole",
		agrees: true,
		...more,
	};
}

const seen = (...connections: Account[]) => ({ connections, ended: 0, unread: [], notes: [] });

it("what was there, what begins, changes and ends is told once each", () => {
	const memory = new Memory();
	const events = (...connections: Account[]) =>
		memory.changes(seen(...connections)).map(({ event, account: { from } }) => `${from} ${event}`);
	expect(events(account("a:1"))).toEqual(["a:1 there"]);
	expect(events(account("a:1"), account("b:1"))).toEqual(["b:1 begun"]);
	expect(events(account("a:1"), account("b:1"))).toEqual([]);
	expect(events(account("a:1", { state: "fin-wait" }), account("b:1"))).toEqual(["a:1 changed"]);
	expect(events(account("b:1", { agrees: false }))).toEqual(["b:1 changed", "a:1 ended"]);
});

it("columns stay where they are, and what comes later is no more than wider", () => {
	const table = new WatchTable();
	const lines = (...froms: string[]) =>
		table.lines(
			froms.map((from) => ({ event: "there", account: account(from, { agrees: false }) })),
			"12:00:00",
		);
	const [head = "", first = ""] = lines("10.0.0.2:40000").split("\n");
	const at = head.indexOf("TO ");
	expect(first.indexOf("10.0.0.1:80")).toBe(at);
	expect(lines("1.1.1.1:1").indexOf("10.0.0.1:80")).toBe(at);
	expect(lines("10.100.100.102:40000").indexOf("10.0.0.1:80")).toBeGreaterThan(at);
	expect(first).toContain("otherwise");
});
