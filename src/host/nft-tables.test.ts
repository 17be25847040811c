import { expect, test } from "vitest";
import { listNftTables, type NetlinkSocket } from "./nft-tables.ts";

const nat = bytes("1c000000000a02000000000000000000" + "02000000" + "080001006e617400");
const done = bytes("14000000030002000000000000000000" + "00000000");
const tornDone = bytes("14000000030012000000000000000000" + "00000000");
const refused = bytes("14000000020000000000000000000000" + "ffffffff");

test("joins the parts of one answer", () => {
	expect(listNftTables(answering([[nat, nat, done]]))).toHaveLength(2);
});

test("asks again while others change the tables", () => {
	expect(listNftTables(answering([[nat, tornDone], [nat, nat, tornDone], [done]]))).toEqual([]);
});

test("gives up when they never stop", () => {
	expect(listNftTables(answering(Array.from({ length: 1000 }, () => [tornDone])))).toBeUndefined();
});

test.each([
	["refuses", [[refused]]],
	["falls silent", [[nat]]],
])("is undefined when the kernel %s", (_, answers) => {
	expect(listNftTables(answering(answers))).toBeUndefined();
});

test("is undefined when the request cannot be sent", () => {
	expect(listNftTables({ ...answering([[done]]), send: () => false })).toBeUndefined();
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
