import { describe, expect, it } from "vitest";
import type { TrackedConnection } from "../wire/conntrack.ts";
import { addressText } from "../wire/field.ts";
import type { SocketFacts } from "../wire/sock-diag.ts";
import type { Connection, End } from "./connection.ts";
import { joinConnections, type Place } from "./join.ts";

const bytes = (text: string) => String.fromCharCode(...text.split(".").map(Number));
const pod = "10.0.0.2";
const place: Place = { addresses: new Set([bytes(pod)]), clientPorts: { low: 32_768, high: 60_999 } };
let inode = 1;

function end(text: string): End {
	const [address = "", port] = text.split(":");
	return { address: bytes(address), port: Number(port) };
}

function socket(local: string, remote: string, state: SocketFacts["state"] = "established"): SocketFacts {
	const [near, far] = [end(local), end(remote)];
	return {
		family: "ipv4",
		local: near.address,
		localPort: near.port,
		remote: far.address,
		remotePort: far.port,
		state,
		owner: { uid: 0, inode: inode++ },
	};
}

const listener = (local: string) => socket(local, "0.0.0.0:0", "listen");

function flow(from: string, to: string) {
	const [source, destination] = [end(from), end(to)];
	return {
		source: source.address,
		sourcePort: source.port,
		destination: destination.address,
		destinationPort: destination.port,
	};
}

/** `reply` are the ends of an answer, from and to. */
function tracked(
	from: string,
	to: string,
	reply: readonly [string, string],
	isPickedUp = false,
): TrackedConnection {
	return {
		family: "ipv4",
		original: flow(from, to),
		reply: flow(...reply),
		state: "established",
		isPickedUp,
		zone: 0,
	};
}

const words = ({ address, port }: End) => `${addressText(address)}:${port}`;

function told(
	connections: readonly TrackedConnection[] | undefined,
	sockets: readonly SocketFacts[],
): string[] {
	return [...joinConnections({ tracked: connections, sockets, unread: [] }, place)].map(inWords);
}

function inWords({
	direction,
	from,
	to,
	wentTo,
	isRedirected,
	sender,
	receiver,
	tracking,
}: Connection): string {
	const ends = [sender === undefined ? "" : "sender", receiver === undefined ? "" : "receiver"].filter(
		Boolean,
	);
	const where = wentTo === undefined ? "?" : words(wentTo);
	return `${direction} ${words(from)} ${words(to)} ${where}${isRedirected ? " redirected" : ""}, ${tracking}: ${ends.join(" ")}`;
}

describe("a tracked connection", () => {
	it("has both its sockets where both ends are here, and is one", () => {
		const sockets = [
			socket(`${pod}:40000`, "10.9.9.9:443"),
			socket("127.0.0.1:4140", `${pod}:40000`),
			listener("0.0.0.0:4140"),
		];
		const one = tracked(`${pod}:40000`, "10.9.9.9:443", ["127.0.0.1:4140", `${pod}:40000`]);
		expect(told([one], sockets)).toEqual([
			`outbound ${pod}:40000 10.9.9.9:443 127.0.0.1:4140 redirected, whole: sender receiver`,
		]);
	});

	it("is inbound where only its destination is here, and forwarded where neither end is", () => {
		const into = tracked("10.9.9.9:40000", `${pod}:80`, [`${pod}:4143`, "10.9.9.9:40000"]);
		const past = tracked("10.9.9.9:40000", "10.96.0.1:80", ["10.8.8.8:8080", "10.1.1.1:40000"]);
		expect(told([into, past], [socket(`${pod}:4143`, "10.9.9.9:40000")])).toEqual([
			`inbound 10.9.9.9:40000 ${pod}:80 ${pod}:4143 redirected, whole: receiver`,
			"forwarded 10.9.9.9:40000 10.96.0.1:80 10.8.8.8:8080, whole: ",
		]);
	});

	it("that began before it was tracked is turned round where an answer was seen first", () => {
		const reversed = tracked(`${pod}:80`, "10.9.9.9:40000", ["10.9.9.9:40000", `${pod}:80`], true);
		const sockets = [socket(`${pod}:80`, "10.9.9.9:40000"), listener("0.0.0.0:80")];
		expect(told([reversed], sockets)).toEqual([
			`inbound 10.9.9.9:40000 ${pod}:80 ${pod}:80, midway: receiver`,
		]);
		const answer = tracked("10.9.9.9:443", `${pod}:40000`, [`${pod}:40000`, "10.9.9.9:443"], true);
		expect(told([answer], [socket(`${pod}:40000`, "10.9.9.9:443")])).toEqual([
			`outbound ${pod}:40000 10.9.9.9:443 10.9.9.9:443, midway: sender`,
		]);
	});
});

describe("what only sockets tell of", () => {
	it("came to whoever listens, was made by whoever does not, and is one where both are here", () => {
		const sockets = [
			listener("0.0.0.0:40001"),
			socket(`${pod}:40001`, "10.9.9.9:50000"),
			socket(`${pod}:40002`, "10.9.9.9:50000"),
			socket("127.0.0.1:8080", "127.0.0.1:40003"),
			socket("127.0.0.1:40003", "127.0.0.1:8080"),
			listener("127.0.0.1:8080"),
		];
		expect(told([], sockets).sort()).toEqual([
			`inbound 10.9.9.9:50000 ${pod}:40001 ${pod}:40001, none: receiver`,
			`outbound ${pod}:40002 10.9.9.9:50000 10.9.9.9:50000, none: sender`,
			"outbound 127.0.0.1:40003 127.0.0.1:8080 127.0.0.1:8080, none: sender receiver",
		]);
	});

	it("came in where nobody listens any more and the port is none of a client's", () => {
		expect(told([], [socket(`${pod}:80`, "10.9.9.9:50000")])).toEqual([
			`inbound 10.9.9.9:50000 ${pod}:80 ${pod}:80, none: receiver`,
		]);
	});

	it("went nobody knows where, as long as conntrack was not asked", () => {
		expect(told(undefined, [socket(`${pod}:40000`, "10.9.9.9:443")])).toEqual([
			`outbound ${pod}:40000 10.9.9.9:443 ?, unread: sender`,
		]);
	});

	it("went where the socket that took it is, where that is here", () => {
		const sockets = [
			listener("127.0.0.1:4140"),
			socket(`${pod}:40000`, "10.9.9.9:443"),
			socket("127.0.0.1:4140", `${pod}:40000`),
			// Both ends straight; and one that another host redirects, if anybody.
			listener(`${pod}:8080`),
			socket(`${pod}:40001`, `${pod}:8080`),
			socket(`${pod}:8080`, `${pod}:40001`),
			socket(`${pod}:40002`, "10.9.9.9:443"),
		];
		expect(told(undefined, sockets)).toEqual([
			`outbound ${pod}:40000 10.9.9.9:443 127.0.0.1:4140 redirected, unread: sender receiver`,
			`outbound ${pod}:40001 ${pod}:8080 ${pod}:8080, unread: sender receiver`,
			`outbound ${pod}:40002 10.9.9.9:443 ?, unread: sender`,
		]);
	});

	it("is not guessed at where an earlier one's socket is left, or where conntrack knows of none", () => {
		const sockets = [
			listener("127.0.0.1:4140"),
			listener("127.0.0.1:4150"),
			socket(`${pod}:40000`, "10.9.9.9:443"),
			socket("127.0.0.1:4140", `${pod}:40000`),
			socket("127.0.0.1:4150", `${pod}:40000`, "close-wait"),
		];
		expect(told(undefined, sockets)[0]).toBe(`outbound ${pod}:40000 10.9.9.9:443 ?, unread: sender`);
		expect(told([], sockets.slice(0, -1))[0]).toBe(
			`outbound ${pod}:40000 10.9.9.9:443 10.9.9.9:443, none: sender`,
		);
	});
});
