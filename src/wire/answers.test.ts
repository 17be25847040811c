import { describe, expect, it } from "vitest";
import { readAnswer, subjectOf } from "./answers.ts";
import { makeBatch, type Step } from "./batch.ts";
import { words } from "./bytes.ts";
import { readDump, readReply } from "./dump.ts";
import { flag, messageType } from "./nf-tables.ts";

const order = "little";
const { attribute, message, u32 } = words[order];
const step = (about: string): Step => ({
	type: messageType.newTable,
	flags: flag.create,
	scope: "inet",
	attributes: attribute(1, "t\0\0\0"),
	about,
});
const batch = makeBatch([step("the first"), step("the second")], { order });

interface Report {
	readonly sequence: number;
	readonly errno?: number;
	readonly attributes?: string;
	/** The whole message instead of its head. */
	readonly repeated?: string;
}

/** As the kernel makes it (netlink_ack in net/netlink/af_netlink.c). */
function report({ sequence, errno = 0, attributes = "", repeated }: Report): string {
	const flags = (repeated === undefined ? 0x100 : 0) | (attributes === "" ? 0 : 0x200);
	const original = repeated ?? `${u32(20)}${"\0".repeat(4)}${u32(sequence)}${u32(0)}`;
	return message({ type: messageType.error, flags, sequence }, u32(-errno) + original + attributes);
}

describe("what became of a batch", () => {
	it("is done where the last change was acknowledged, whether or not the end was", () => {
		expect(batch.acknowledged).toEqual([3, 4]);
		expect(readAnswer([report({ sequence: 3 })], batch, order)).toEqual({ kind: "done" });
		expect(readAnswer([report({ sequence: 3 }), report({ sequence: 4 })], batch, order)).toEqual({
			kind: "done",
		});
	});

	it("is unclear where nothing came, or not what was asked for, or what cannot be read", () => {
		const missing = { kind: "unclear", why: "the kernel did not acknowledge the last change" };
		expect(readAnswer([], batch, order)).toEqual(missing);
		expect(readAnswer([report({ sequence: 2 })], batch, order)).toEqual(missing);
		expect(readAnswer([report({ sequence: 3 }).slice(0, 20)], batch, order)).toEqual({
			kind: "unclear",
			why: "the kernel's answer cannot be read",
		});
	});

	it("is refused where anything was, also where acknowledgements came", () => {
		const attributes = attribute(1, "why not\0") + attribute(2, u32(28));
		const datagrams = [report({ sequence: 2, errno: 2, attributes }) + report({ sequence: 3 })];
		const errors = [{ sequence: 2, errno: 2, text: "why not", offset: 28 }];
		expect(readAnswer(datagrams, batch, order)).toEqual({ kind: "refused", errors });
		expect(errors.map((error) => subjectOf(error, batch))).toEqual(["the first"]);
	});

	it("is read where the kernel repeats the whole message, too", () => {
		const repeated = message({ type: 1, flags: 0, sequence: 2 }, "\0".repeat(21)).padEnd(40, "\0");
		const datagram = report({ sequence: 2, errno: 22, attributes: attribute(2, u32(20)), repeated });
		expect(readAnswer([datagram], batch, order)).toEqual({
			kind: "refused",
			errors: [{ sequence: 2, errno: 22, offset: 20 }],
		});
	});

	it("names the whole where it failed as a whole", () => {
		expect(subjectOf({ sequence: 1, errno: 85 }, batch)).toBe("the whole");
		expect(subjectOf({ sequence: 99, errno: 1 }, batch)).toBe("a message that was not sent");
	});
});

describe("a dump", () => {
	const table = (flags: number) =>
		message(
			{ type: messageType.newTable, flags: flag.multi | flags, sequence: 1 },
			`\x01\0\0\0${attribute(1, "t\0\0\0")}`,
		);
	const end = (errno = 0, flags = 0) =>
		message({ type: messageType.done, flags: flag.multi | flags, sequence: 1 }, u32(-errno));

	it("is told in several datagrams up to its end", () => {
		const dump = readDump([table(0) + table(0), table(0), end()], messageType.newTable, order);
		expect(dump.kind === "told" ? dump.objects.map(({ scope }) => scope) : dump).toEqual([
			"inet",
			"inet",
			"inet",
		]);
		expect(readDump([end()], messageType.newTable, order)).toEqual({ kind: "told", objects: [] });
	});

	it.each([
		["without its end", [table(0)], "unreadable"],
		["of nothing at all", [], "unreadable"],
		["of something else", [table(0), end()], "unreadable"],
		["into which somebody's change ran", [table(flag.interrupted), end()], "torn"],
		["whose end says that", [end(0, flag.interrupted)], "torn"],
		["that ends with EINTR", [end(4)], "torn"],
	])("is none %s", (name, datagrams, kind) => {
		const type = name.includes("something else") ? messageType.newRule : messageType.newTable;
		expect(readDump(datagrams, type, order)).toEqual({ kind });
	});

	it("that is refused says why", () => {
		expect(readDump([report({ sequence: 1, errno: 1 })], messageType.newTable, order)).toEqual({
			kind: "refused",
			errno: 1,
		});
		expect(readDump([end(12)], messageType.newTable, order)).toEqual({ kind: "refused", errno: 12 });
	});

	it("of one object is that, or why there is none", () => {
		expect(readReply([table(0), report({ sequence: 1 })], messageType.newTable, order)).toMatchObject({
			kind: "told",
			object: { scope: "inet" },
		});
		expect(readReply([report({ sequence: 1, errno: 2 })], messageType.newTable, order)).toEqual({
			kind: "refused",
			errno: 2,
		});
		expect(readReply([], messageType.newTable, order)).toEqual({ kind: "unreadable" });
	});
});
