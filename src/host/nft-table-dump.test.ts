import { describe, expect, test } from "vitest";
import { encodeTablesRequest, parseTablesReply } from "./nft-table-dump.ts";

/** As Linux 6.18 sent them after `add table ip nat; add table inet shunt; add table arp a; add table ip6 nat`. */
const fourTables = fromHex(
	"38000000000a020007000000c72b000002000002080001006e61740008000300000000000c00040000000000000000010800020000000000" +
		"3c000000000a020007000000c72b0000010000020a0001007368756e7400000008000300000000000c00040000000000000000020800020000000000" +
		"38000000000a020007000000c72b000003000002060001006100000008000300000000000c00040000000000000000030800020000000000" +
		"38000000000a020007000000c72b00000a000002080001006e61740008000300000000000c00040000000000000000040800020000000000",
);
const done = fromHex("140000000300020007000000c72b000000000000");

describe("request", () => {
	test("is a dump of the tables of all families", () => {
		expect(encodeTablesRequest(7, "little")).toEqual(fromHex("14000000010a0103070000000000000000000000"));
	});

	test("follows the machine's byte order", () => {
		expect(encodeTablesRequest(7, "big")).toEqual(fromHex("000000140a010301000000070000000000000000"));
	});
});

describe("reply", () => {
	test("lists the tables of our families", () => {
		expect(parseTablesReply(fourTables, "little")).toEqual({
			kind: "tables",
			tables: [
				{ family: "ipv4", name: "nat" },
				{ family: "inet", name: "shunt" },
				{ family: "ipv6", name: "nat" },
			],
			last: false,
			torn: false,
		});
	});

	test("ends with a message of its own", () => {
		expect(parseTablesReply(done, "little")).toEqual({ kind: "tables", tables: [], last: true, torn: false });
	});

	test("may end in the datagram that brings the tables", () => {
		const reply = parseTablesReply([...fourTables, ...done], "little");
		expect(reply).toMatchObject({ kind: "tables", last: true });
		expect(reply.kind === "tables" && reply.tables.length).toBe(3);
	});

	test("is torn when the kernel says the tables changed meanwhile", () => {
		const interrupted = [...done];
		interrupted[6] = 0x12; // NLM_F_MULTI | NLM_F_DUMP_INTR
		expect(parseTablesReply(interrupted, "little")).toMatchObject({ torn: true });
	});

	test("carries the error number of a refusal, at once or at the end", () => {
		const eperm = fromHex("2400000002000000070000000f2c0000ffffffff14000000010a0103070000000f2c0000");
		expect(parseTablesReply(eperm, "little")).toEqual({ kind: "refused", errno: 1 });
		const failedAtEnd = fromHex("140000000300020007000000c72b0000f4ffffff");
		expect(parseTablesReply(failedAtEnd, "little")).toEqual({ kind: "refused", errno: 12 });
	});

	test("is read in the machine's byte order", () => {
		const table = fromHex("0000001c0a000002000000070000000002000002000800016e617400");
		expect(parseTablesReply(table, "big")).toMatchObject({ tables: [{ family: "ipv4", name: "nat" }] });
	});

	test.each([
		["nothing", []],
		["half a header", done.slice(0, 9)],
		["a message longer than the datagram", fourTables.slice(0, 40)],
		["a message shorter than its header", [3, 0, 0, 0, ...fourTables.slice(4)]],
		[
			"an attribute longer than its message",
			[...fourTables.slice(0, 20), 0xff, 0xff, ...fourTables.slice(22, 56)],
		],
		["an attribute shorter than its header", [...fourTables.slice(0, 20), 0, 0, ...fourTables.slice(22, 56)]],
	])("of %s lists no table and does not end the dump", (_, bytes) => {
		expect(parseTablesReply(bytes, "little")).toEqual({
			kind: "tables",
			tables: [],
			last: false,
			torn: false,
		});
	});

	test("never fails, whatever bytes come", () => {
		for (let seed = 1; seed < 2000; seed++) {
			const bytes = fourTables.map((byte, index) =>
				((seed * 2_654_435_761) >>> (index % 24)) % 7 === 0 ? seed & 0xff : byte,
			);
			expect(() => parseTablesReply(bytes, "little")).not.toThrow();
		}
	});
});

function fromHex(hex: string): number[] {
	return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}
