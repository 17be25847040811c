import { expect, test } from "vitest";
import type { NetlinkSocket } from "../linux/netlink.ts";
import { answerWithoutSocket, askNftTables, tablesIn } from "./nft-tables.ts";

const nat = bytes("1c000000000a02000000000000000000" + "02000000" + "080001006e617400");
const done = bytes("14000000030002000000000000000000" + "00000000");
const tornDone = bytes("14000000030012000000000000000000" + "00000000");
const refused = bytes("14000000020000000000000000000000" + "ffffffff");
const noMemory = bytes("14000000020000000000000000000000" + "f4ffffff");
const noSubsystem = bytes("14000000020000000000000000000000" + "eaffffff");

test("joins the parts of one answer", () => {
	expect(tablesIn(askNftTables(answering([[nat, nat, done]])))).toHaveLength(2);
});

test("asks again while others change the tables", () => {
	expect(tablesIn(askNftTables(answering([[nat, tornDone], [nat, nat, tornDone], [done]])))).toEqual([]);
});

test("gives up when they never stop", () => {
	expect(askNftTables(answering(Array.from({ length: 1000 }, () => [tornDone])))).toMatchObject({
		kind: "hidden",
	});
});

test.each([
	["does not permit it", [[refused]], "nf_tables: operation not permitted"],
	["refuses for another reason", [[noMemory]], "nf_tables: the kernel refuses to tell (error 12)"],
	["falls silent", [[nat]], "nf_tables: the kernel gives no answer"],
])("does not take tables for absent when the kernel %s", (_, answers, why) => {
	expect(askNftTables(answering(answers))).toEqual({ kind: "hidden", why });
});

test("nor when the request cannot be sent", () => {
	const socket = { ...answering([[done]]), send: () => false };
	expect(askNftTables(socket)).toMatchObject({ kind: "hidden" });
});

test("knows a kernel without nf_tables by its answer", () => {
	expect(askNftTables(answering([[noSubsystem]]))).toEqual({ kind: "none" });
});

test.each([
	["EPROTONOSUPPORT", { kind: "none" }],
	["EAFNOSUPPORT", { kind: "none" }],
	["EMFILE", { kind: "hidden", why: "netlink socket: as strerror says" }],
])("takes %s from socket(2) for what it is", (name, answer) => {
	expect(answerWithoutSocket({ name, message: "as strerror says" })).toEqual(answer);
});

function answering(answers: number[][][]): NetlinkSocket {
	let current: number[][] = [];
	return {
		order: "little",
		send: () => {
			current = [...(answers.shift() ?? [])];
			return true;
		},
		receive: () => current.shift(),
	};
}

function bytes(hex: string): number[] {
	return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
