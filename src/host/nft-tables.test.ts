import { expect, test } from "vitest";
import { be32, cString, words, zeros } from "../wire/bytes.ts";
import { type Netlink, nftTablesBy } from "./nft-tables.ts";

const nat = bytes("1c000000000a02000000000000000000" + "02000000" + "080001006e617400");
const done = bytes("14000000030002000000000000000000" + "00000000");
const tornDone = bytes("14000000030012000000000000000000" + "00000000");
const refused = bytes("14000000020000000000000000000000" + "ffffffff");
const noMemory = bytes("14000000020000000000000000000000" + "f4ffffff");
const noSubsystem = bytes("14000000020000000000000000000000" + "eaffffff");
/** As Linux 6.18 sent them after `add table ip nat; add table inet shunt; add table arp a; add table ip6 nat`. */
const fourTables = bytes(
	"38000000000a020007000000c72b000002000002080001006e61740008000300000000000c00040000000000000000010800020000000000" +
		"3c000000000a020007000000c72b0000010000020a0001007368756e7400000008000300000000000c00040000000000000000020800020000000000" +
		"38000000000a020007000000c72b000003000002060001006100000008000300000000000c00040000000000000000030800020000000000" +
		"38000000000a020007000000c72b00000a000002080001006e61740008000300000000000c00040000000000000000040800020000000000",
);

test("asks for the tables of all families", () => {
	const { asked, nftTables } = answering([[done]]);
	expect(nftTables()).toEqual([]);
	expect(asked).toEqual([bytes("14000000010a0103010000000000000000000000")]);
});

test("asks in the machine's byte order, and reads in it", () => {
	const table = bytes("0000001c0a000002000000070000000002000002000800016e617400");
	const end = bytes("0000001400030002000000070000000000000000");
	const { asked, nftTables } = answering([[table, end]], "big");
	expect(nftTables()).toEqual([{ family: "ipv4", name: "nat" }]);
	expect(asked).toEqual([bytes("000000140a010301000000010000000000000000")]);
});

test.each([
	["datagrams of their own", [fourTables, done]],
	["one datagram", [fourTables + done]],
])("lists the tables of our families from %s", (_, answer) => {
	const { nftTables, hiddenNftTables } = answering([answer, answer]);
	expect(nftTables()).toEqual([
		{ family: "ipv4", name: "nat" },
		{ family: "inet", name: "shunt" },
		{ family: "ipv6", name: "nat" },
	]);
	expect(hiddenNftTables()).toBeUndefined();
});

test("asks again while others change the tables", () => {
	const { asked, nftTables } = answering([[nat, tornDone], [nat, nat, tornDone], [done]]);
	expect(nftTables()).toEqual([]);
	expect(asked).toHaveLength(3);
});

test("gives up when they never stop", () => {
	const { asked, hiddenNftTables } = answering(Array.from({ length: 1000 }, () => [tornDone]));
	expect(hiddenNftTables()?.why).toBe("nf_tables: the tables kept changing while they were being listed");
	expect(asked).toHaveLength(20);
});

const unreadable = "nf_tables: the kernel gives no answer that can be read";

test.each<[string, readonly string[] | { name: string; number: number; message: string }, string]>([
	["does not permit it", [refused], "nf_tables: operation not permitted"],
	["refuses for another reason", [noMemory], "nf_tables: the kernel refuses to tell (error 12)"],
	[
		"refuses at the end",
		[nat, bytes("140000000300020007000000c72b0000f4ffffff")],
		"nf_tables: the kernel refuses to tell (error 12)",
	],
	["falls silent", [nat], unreadable],
	["says nothing", [], unreadable],
	["sends half a header", [done.slice(0, 9)], unreadable],
	["sends a message longer than the datagram", [fourTables.slice(0, 40), done], unreadable],
	["sends a message shorter than its header", [`\x03\0\0\0${fourTables.slice(4)}`, done], unreadable],
	[
		"sends an attribute longer than its message",
		[`${nat.slice(0, 20)}\xff\xff${nat.slice(22)}`, done],
		unreadable,
	],
	[
		"sends an attribute shorter than its header",
		[`${nat.slice(0, 20)}\0\0${nat.slice(22)}`, done],
		unreadable,
	],
	[
		"has no file for us",
		{ name: "EMFILE", number: 24, message: "too many open files" },
		"netlink socket: too many open files",
	],
	[
		"loses its answer",
		{ name: "ENOBUFS", number: 105, message: "no buffer space" },
		"netlink socket: no buffer space",
	],
])("does not take tables for absent when the kernel %s", (_, answer, why) => {
	const { nftTables, hiddenNftTables } = answering([answer, answer]);
	expect(nftTables()).toBeUndefined();
	expect(hiddenNftTables()?.why).toBe(why);
});

test.each<[string, readonly string[] | { name: string; number: number; message: string }]>([
	["nfnetlink's answer", [noSubsystem]],
	["EPROTONOSUPPORT", { name: "EPROTONOSUPPORT", number: 93, message: "protocol not supported" }],
])("knows a kernel without nf_tables by %s", (_, answer) => {
	const { nftTables, hiddenNftTables } = answering([answer, answer]);
	expect(nftTables()).toBeUndefined();
	expect(hiddenNftTables()).toBeUndefined();
});

test("does not take netlink that is kept from us for a kernel without nf_tables", () => {
	const answer = { name: "EAFNOSUPPORT", number: 97, message: "address family not supported" };
	const { nftTables, hiddenNftTables } = answering([answer, answer]);
	expect(nftTables()).toBeUndefined();
	expect(hiddenNftTables()).toEqual({ why: "netlink socket: address family not supported", code: "refused" });
});

test("never fails, whatever bytes come", () => {
	for (let seed = 1; seed < 2000; seed++) {
		const mutated = fourTables.replace(/[\s\S]/g, (byte, index) =>
			((seed * 2_654_435_761) >>> (index % 24)) % 7 === 0 ? String.fromCharCode(seed & 0xff) : byte,
		);
		expect(answering([[mutated, done]]).hiddenNftTables()?.why ?? unreadable).toBe(unreadable);
	}
});

const { message, attribute, u32 } = words.little;

/** Of the table `ip nat`, as the kernel tells it. */
function chain(name: string, policy?: number): string {
	const place = attribute(1, be32(3)) + attribute(2, be32(-100));
	const ofBase =
		policy === undefined
			? ""
			: attribute(4, place) + attribute(5, be32(policy)) + attribute(7, cString("nat"));
	const body = `\x02\0\0\0${attribute(1, cString("nat"))}${attribute(3, cString(name))}${ofBase}`;
	return message({ type: 0x0a03, flags: 2, sequence: 1 }, body);
}

/** A struct nlmsgerr about one message of ours, without that message itself. */
function answerTo(sequence: number, errno = 0): string {
	return message({ type: 2, flags: 0x100, sequence }, u32(-errno) + zeros(16));
}

const [drop, accept] = [0, 1];

test.each<[string, boolean, readonly (readonly string[])[]]>([
	["it is empty", true, [[done], [answerTo(2), answerTo(3)]]],
	["it is empty, on a kernel that does not acknowledge ends", true, [[done], [answerTo(2)]]],
	[
		"all its chains are base chains that accept",
		true,
		[[chain("OUTPUT", accept), chain("INPUT", accept), done], [answerTo(4)]],
	],
	["it has another chain", false, [[chain("OUTPUT", accept), chain("MINE"), done]]],
	["a base chain drops", false, [[chain("OUTPUT", drop), done]]],
	["its chains are not told", false, [[refused]]],
	["its chains are told in part", false, [[chain("OUTPUT", accept)]]],
	["the kernel says nothing to the removal", false, [[done], []]],
	["the kernel acknowledges no more than a part", false, [[chain("OUTPUT", accept), done], [answerTo(2)]]],
	["something was put in meanwhile", false, [[done], [answerTo(2, 16)]]],
])("a table is removed or not: %s", (_, isRemoved, answers) => {
	const { asked, removeEmptyNftTable } = answering(answers);
	expect(removeEmptyNftTable({ family: "ipv4", name: "nat" })).toBe(isRemoved);
	expect(asked).toHaveLength(answers.length);
});

function answering(
	answers: readonly Exclude<ReturnType<Netlink["netlink"]>, undefined>[],
	order: ReturnType<Netlink["byteOrder"]> = "little",
) {
	const left = [...answers];
	const asked: string[] = [];
	const netlink = (request: string) => {
		asked.push(request);
		return left.shift() ?? [];
	};
	return { asked, ...nftTablesBy({ netlink, byteOrder: () => order }) };
}

function bytes(hex: string): string {
	return hex.replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}
