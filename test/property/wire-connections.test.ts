import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messagesIn } from "../../src/wire/attributes.ts";
import { words } from "../../src/wire/bytes.ts";
import { readConnections, type TrackedConnection, tcpStates } from "../../src/wire/conntrack.ts";
import { addressText } from "../../src/wire/field.ts";
import { socketsInProc } from "../../src/wire/proc-sockets.ts";
import { readSockets, type SocketFacts } from "../../src/wire/sock-diag.ts";
import { fromHex } from "../support/replayed-netlink.ts";
import { mutation, order, share, total } from "../support/spoilt-bytes.ts";

/** As Linux 6.18 told of a pod with a redirection, by the requests of src/wire. */
const recorded = JSON.parse(readFileSync("test/vectors/wire/connections.json", "utf8"));
const [tracked, sockets4, sockets6] = [recorded.connections, recorded.sockets4, recorded.sockets6].map(
	(datagrams: string[]) => datagrams.map(fromHex),
) as [string[], string[], string[]];

const end = (address: string, port: number) => `${addressText(address)} ${port}`;

function flow({ original, reply, state, isPickedUp }: TrackedConnection): string {
	const to = end(original.destination, original.destinationPort);
	const wentTo = end(reply.source, reply.sourcePort);
	return `${addressText(original.source)} → ${to}${to === wentTo ? "" : ` (${wentTo})`} ${state}${isPickedUp ? " midway" : ""}`;
}

describe("what a kernel told", () => {
	it("is read: TCP's connections, where each was going and where it went", () => {
		const dump = readConnections(tracked, "little");
		expect(dump.kind === "told" && dump.found.map(flow).sort()).toEqual([
			"10.77.0.1 → 10.77.0.2 8080 established",
			"10.77.0.2 → 10.77.0.1 9090 (127.0.0.1 4140) established",
			"10.77.0.2 → 10.77.0.1 9090 (127.0.0.1 4140) established",
			"10.77.0.2 → 10.77.0.1 9191 close-wait",
			"10.77.0.2 → 10.77.0.1 9191 established midway",
			"127.0.0.1 → 127.0.0.1 8080 established",
			"fd77::2 → fd77::1 9090 (::1 4140) established",
			"fd77::2 → fd77::1 9090 (::1 4140) established",
			"fd77::2 → fd77::1 9191 established",
		]);
		expect(dump).toMatchObject({ spoilt: 0 });
	});

	it("is read: sockets with their owners, IPv4's also where a socket is of IPv6", () => {
		const found = [sockets4, sockets6].flatMap((datagrams) => {
			const dump = readSockets(datagrams, "little");
			expect(dump).toMatchObject({ kind: "told", spoilt: 0 });
			return dump.kind === "told" ? dump.found : [];
		});
		const taken = found.filter(({ state, localPort }) => state === "established" && localPort === 4140);
		expect(taken.map(({ family }) => family).sort()).toEqual(["ipv4", "ipv4", "ipv6", "ipv6"]);
		expect(new Set(taken.map(({ owner }) => owner?.uid))).toEqual(new Set([2102]));
		expect(new Set(found.flatMap(({ owner }) => owner?.inode ?? [])).size).toBe(
			found.filter(({ owner }) => owner !== undefined).length,
		);
		expect(found.filter(({ state }) => state === "listen").map(({ localPort }) => localPort)).toEqual(
			expect.arrayContaining([4140, 8080]),
		);
		// Its program has ended, and nobody has it open.
		const orphans = found.filter(({ state }) => state === "fin-wait");
		expect(orphans.map(({ owner }) => owner)).toEqual([undefined]);
	});
});

const states = new Set<string>([...tcpStates, "listen"]);
const isPort = (port: number) => Number.isInteger(port) && port >= 0 && port <= 0xffff;
const isAddress = (family: string, address: string) => address.length === (family === "ipv4" ? 4 : 16);

function isWhole({ family, original, reply, state }: TrackedConnection): boolean {
	return (
		states.has(state) &&
		[original, reply].every(
			({ source, destination, sourcePort, destinationPort }) =>
				isAddress(family, source) &&
				isAddress(family, destination) &&
				isPort(sourcePort) &&
				isPort(destinationPort),
		)
	);
}

function isWholeSocket({ family, local, remote, localPort, remotePort, state }: SocketFacts): boolean {
	return (
		states.has(state) &&
		isAddress(family, local) &&
		isAddress(family, remote) &&
		isPort(localPort) &&
		isPort(remotePort)
	);
}

describe(`of ${total} spoilt dumps each is an answer or an error`, () => {
	const kinds = /^(?:told|torn|refused|unreadable)$/;

	it("conntrack's", () => {
		fc.assert(
			fc.property(mutation, order, fc.nat(), (spoil, of, which) => {
				const spoilt = tracked.map((bytes, index) =>
					index === which % tracked.length ? spoil(bytes) : bytes,
				);
				const dump = readConnections(spoilt, of);
				expect(dump.kind).toMatch(kinds);
				if (dump.kind === "told") {
					expect(dump.found.every(isWhole)).toBe(true);
				}
			}),
			{ numRuns: share(0.5) },
		);
	});

	it("sock_diag's", () => {
		fc.assert(
			fc.property(mutation, order, fc.constantFrom(sockets4, sockets6), (spoil, of, datagrams) => {
				const [first = "", ...rest] = datagrams;
				const dump = readSockets([spoil(first), ...rest], of);
				expect(dump.kind).toMatch(kinds);
				if (dump.kind === "told") {
					expect(dump.found.every(isWholeSocket)).toBe(true);
				}
			}),
			{ numRuns: share(0.5) },
		);
	});

	it("proc's tables", () => {
		const table = [
			"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
			"   0: 0100007F:2CBB 0200000A:C350 01 00000000:00000000 00:00000000 00000000  1000        0 16967276 1 0 1",
			`   1: ${"0".repeat(31)}1:1F90 ${"0".repeat(32)}:0000 0A 0:0 00:0 0     0        0 1211 1 0 1`,
			"",
		].join("\n");
		expect(socketsInProc(table, "little")).toMatchObject([
			{ family: "ipv4", localPort: 11_451, state: "established", owner: { uid: 1000, inode: 16_967_276 } },
			{ family: "ipv6", localPort: 8080, state: "listen", owner: { uid: 0, inode: 1211 } },
		]);
		fc.assert(
			fc.property(mutation, order, (spoil, of) => {
				expect(socketsInProc(spoil(table), of).every(isWholeSocket)).toBe(true);
			}),
			{ numRuns: share(0.2) },
		);
	});

	it("a part of a dump is not taken for the whole of it", () => {
		for (const [datagrams, read] of [
			[tracked, readConnections],
			[sockets6, readSockets],
		] as const) {
			const whole = datagrams.flatMap((bytes) =>
				(messagesIn(bytes, words.little) ?? []).map(({ start, end }) => bytes.slice(start - 16, end)),
			);
			for (let count = 0; count < whole.length; count++) {
				expect(read(whole.slice(0, count), "little")).toEqual({ kind: "unreadable" });
			}
			expect(read(whole, "little").kind).toBe("told");
		}
	});
});
