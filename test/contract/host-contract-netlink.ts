import { endianness } from "node:os";
import { expect } from "vitest";
import { type Fields, fieldsIn, type Message, messagesIn } from "../../src/wire/attributes.ts";
import { be16, cString, words, zeros } from "../../src/wire/bytes.ts";
import { dumpSockets, readSockets } from "../../src/wire/sock-diag.ts";
import { ConnectionHolder } from "../support/connection-holder.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { type Define, ordinaryUser } from "./host-contract-kit.ts";
import type { Operation } from "./host-driver.ts";
import { ask, perform, type Subject, type Surroundings } from "./host-subject.ts";

const order = words[endianness() === "LE" ? "little" : "big"];
const newTable = 10 << 8; // NFT_MSG_NEWTABLE
const getTable = newTable | 1;
const [errorMessage, doneMessage] = [2, 3];
const flags = { request: 1, acknowledge: 4, dump: 0x300, exclusive: 0x600 };
const [tableName, tableUserdata] = [1, 6]; // NFTA_TABLE_NAME, NFTA_TABLE_USERDATA
const EPERM = 1;
const EEXIST = 17;

/** A `struct nfgenmsg` of IPv4 and attributes. */
function message(type: number, sequence: number, flag: number, attributes: string): string {
	return order.message({ type, flags: flags.request | flag, sequence }, `\x02\0\0\0${attributes}`);
}

/** A transaction of what is in between. */
function batch(...messages: readonly string[]): string {
	const edge = (type: number) =>
		order.message({ type, flags: flags.request, sequence: 0 }, `\0\0${be16(10)}`);
	return edge(0x10) + messages.join("") + edge(0x11);
}

function addTable(name: string, sequence: number, flag: number, userdata = ""): string {
	const attributes =
		order.attribute(tableName, cString(name)) +
		(userdata === "" ? "" : order.attribute(tableUserdata, userdata));
	return message(newTable, sequence, flag, attributes);
}

const dumpTables = message(getTable, 1, flags.dump, "");
const everyByte = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");

interface Told extends Message {
	readonly bytes: string;
}

function told(datagrams: unknown): Told[] {
	expect(datagrams).toBeInstanceOf(Array);
	return (datagrams as string[]).flatMap((bytes) =>
		(messagesIn(bytes, order) ?? []).map((each) => ({ ...each, bytes })),
	);
}

function errnoIn({ type, bytes, start }: Told): number {
	expect(type).toBe(errorMessage);
	return 0 - (order.u32At(bytes, start) | 0);
}

function fields({ bytes, start, end }: Told): Fields {
	return fieldsIn(bytes, { start: start + 4, end }, order) ?? [];
}

/** Asks one thing after another inside a namespace. */
function inside(subject: Subject, netns: Netns, requests: readonly string[], surroundings?: Surroundings) {
	const { findings } = perform(
		subject,
		[
			{ call: "enterNetns", with: [netns.path] },
			...requests.map((request): Operation => ({ call: "netlink", with: [request] })),
		],
		surroundings,
	);
	return findings.slice(1).map((finding) => ("threw" in finding ? finding : finding.returned));
}

/** Namespaces of their own, removed also when a case fails. */
export function netlinkCases(define: Define): void {
	exchanges(define);
	failures(define);
}

function exchanges(define: Define): void {
	define("tells the machine's byte order", (subject) => {
		expect(ask(subject, "byteOrder", [])).toBe(order.order);
	});

	define("carries out a transaction, and hears that it was", (subject) =>
		withNetns("host", (netns) => {
			const [answer] = inside(subject, netns, [batch(addTable("nat", 7, flags.acknowledge))]);
			const [acknowledged, ...more] = told(answer);
			expect([errnoIn(acknowledged!), acknowledged?.sequence, more]).toEqual([0, 7, []]);
			expect(netns.run("nft", ["list", "tables"])).toBe("table ip nat\n");
		}),
	);

	define("hears nothing where nothing is to be heard", (subject) =>
		withNetns("host", (netns) => {
			expect(inside(subject, netns, [batch(addTable("nat", 1, 0))])).toEqual([[]]);
			expect(netns.run("nft", ["list", "tables"])).toBe("table ip nat\n");
		}),
	);

	define("hears an error for each message at fault, without the message in it", (subject) =>
		withNetns("host", (netns) => {
			netns.run("nft", ["add table ip a; add table ip b"]);
			const request = batch(
				addTable("c", 1, flags.exclusive),
				addTable("a", 2, flags.exclusive, "x".repeat(200)),
				addTable("b", 3, flags.exclusive),
			);
			const errors = told(inside(subject, netns, [request])[0]);
			expect(errors.map((error) => [errnoIn(error), error.sequence])).toEqual([
				[EEXIST, 2],
				[EEXIST, 3],
			]);
			expect(errors[0]!.end - errors[0]!.start).toBeLessThan(60);
			expect(netns.run("nft", ["list", "tables"])).toBe("table ip a\ntable ip b\n");
		}),
	);

	define("receives a dump of many parts to its end", (subject) =>
		withNetns("host", (netns) => {
			const names = Array.from({ length: 2000 }, (_, index) => `${"long_name_".repeat(8)}${index}`);
			netns.run("nft", ["-f", "-"], names.map((name) => `add table ip ${name}\n`).join(""));
			const [answer] = inside(subject, netns, [dumpTables]);
			expect((answer as string[]).length).toBeGreaterThan(5);
			const messages = told(answer);
			expect(messages.at(-1)?.type).toBe(doneMessage);
			const found = messages.slice(0, -1).map((each) => {
				const name = fields(each)[tableName]!;
				return each.bytes.slice(name.start, name.end - 1);
			});
			expect(found).toEqual(names);
		}),
	);

	define("loses no byte on the way there and back", (subject) =>
		withNetns("host", (netns) => {
			const request = batch(addTable("t", 1, flags.acknowledge, everyByte));
			const [added, dumped] = inside(subject, netns, [request, dumpTables]);
			expect(told(added).map(errnoIn)).toEqual([0]);
			const [table] = told(dumped);
			const userdata = fields(table!)[tableUserdata]!;
			expect(table?.bytes.slice(userdata.start, userdata.end)).toBe(everyByte);
		}),
	);

	const many = batch(
		...Array.from({ length: 2000 }, (_, index) =>
			addTable(`t${index}`, index, index === 1999 ? flags.acknowledge : 0, everyByte),
		),
	);

	define("sends more at once than a socket has room for by default", (subject) =>
		withNetns("host", (netns) => {
			expect(many.length).toBeGreaterThan(500_000);
			const [added, dumped] = inside(subject, netns, [many, dumpTables]);
			expect(told(added).map(errnoIn)).toEqual([0]);
			expect(told(dumped).filter(({ type }) => type === newTable)).toHaveLength(2000);
		}),
	);

	define("sends more at once also where it may not ask for as much as it likes", (subject) => {
		const { findings } = perform(subject, [{ call: "netlink", with: [many] }], {
			shell: 'exec unshare --user --map-root-user --net "$@"',
		});
		const [finding] = findings;
		expect(told(finding !== undefined && "returned" in finding && finding.returned).map(errnoIn)).toEqual([
			0,
		]);
	});

	define("asks in the namespace that it is in at that moment", (subject) =>
		withNetns("host", (first) =>
			withNetns("host", (second) => {
				first.run("nft", ["add table ip nat"]);
				const { findings } = perform(subject, [
					{ call: "enterNetns", with: [first.path] },
					{ call: "netlink", with: [dumpTables] },
					{ call: "enterNetns", with: [second.path] },
					{ call: "netlink", with: [dumpTables] },
				]);
				const types = [findings[1], findings[3]].map((finding) =>
					told(finding !== undefined && "returned" in finding && finding.returned).map(({ type }) => type),
				);
				expect(types).toEqual([[newTable, doneMessage], [doneMessage]]);
			}),
		),
	);
}

const dumpLinks = order.message({ type: 18, flags: flags.request | flags.dump, sequence: 1 }, zeros(16)); // RTM_GETLINK

function failures(define: Define): void {
	define("speaks to rtnetlink where it is told to", (subject) =>
		withNetns("host", (netns) => {
			netns.run("ip", ["link", "add", "probe-a", "type", "veth", "peer", "name", "probe-b"]);
			const { findings } = perform(subject, [
				{ call: "enterNetns", with: [netns.path] },
				{ call: "netlink", with: [dumpLinks, "route"] },
			]);
			const [, finding] = findings;
			const messages = told(finding !== undefined && "returned" in finding && finding.returned);
			const names = messages.slice(0, -1).map(({ bytes, start, end }) => {
				const name = fieldsIn(bytes, { start: start + 16, end }, order)?.[3];
				return name && bytes.slice(name.start, name.end - 1);
			});
			expect(messages.at(-1)?.type).toBe(doneMessage);
			expect(names).toEqual(["lo", "probe-b", "probe-a"]);
		}),
	);

	define("speaks to sock_diag where it is told to", (subject) =>
		withNetns("host", async (netns) => {
			const holder = await ConnectionHolder.start(netns, { ports: [8080] });
			try {
				await holder.connect("127.0.0.1", 8080, 20);
				const { findings } = perform(subject, [
					{ call: "enterNetns", with: [netns.path] },
					{ call: "netlink", with: [dumpSockets("ipv4", order.order), "sock-diag"] },
					{ call: "netlink", with: [dumpSockets("ipv6", order.order), "sock-diag"] },
				]);
				const states = findings.slice(1).map((finding) => {
					const answer = "returned" in finding ? finding.returned : finding;
					const dump = readSockets(answer as string[], order.order);
					return dump.kind === "told" ? dump.found.map(({ state }) => state).sort() : dump;
				});
				const established = Array.from({ length: 20 }, () => "established");
				// Whoever listens on both families takes IPv4's connections with sockets of IPv6.
				expect(states).toEqual([established, [...established, "listen"]]);
			} finally {
				await holder.stop();
			}
		}),
	);

	define("hears that it may not", (subject) => {
		const answer = ask(subject, "netlink", [dumpTables], { uid: ordinaryUser });
		expect(told(answer).map(errnoIn)).toEqual([EPERM]);
	});

	define("says when answers were lost", (subject) =>
		withNetns("host", (netns) => {
			netns.run("nft", ["add table ip a"]);
			const request = batch(
				...Array.from({ length: 1500 }, (_, index) => addTable("a", index, flags.exclusive)),
			);
			expect(inside(subject, netns, [request])).toMatchObject([{ name: "ENOBUFS", number: 105 }]);
		}),
	);

	define("refuses what are no bytes", (subject) => {
		for (const request of [`${dumpTables}\u0100`, `${dumpTables}→`, `${dumpTables}\ud800`, "𝄞"]) {
			expect(ask(subject, "netlink", [request])).toMatchObject({ name: "EINVAL", number: 22 });
		}
	});

	define("says when more is asked than can be sent", (subject) => {
		// Not permitted to have more, it has twice net.core.wmem_max at most.
		const { findings } = perform(subject, [{ call: "netlink", with: [zeros(32 * 1024 * 1024)] }], {
			shell: 'exec unshare --user --map-root-user --net "$@"',
		});
		expect(findings).toMatchObject([{ returned: { name: "EMSGSIZE", number: 90 } }]);
	});
}
