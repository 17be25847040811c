import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Libc } from "../linux/libc.ts";
import { makeNeighbour } from "./neighbour.ts";

/** What a fake kernel was asked, by what it is about. */
interface Asked {
	readonly libc: Libc;
	readonly requests: string[];
	readonly sockets: Set<number>;
}

/** An NLMSG_ERROR of linux/netlink.h, which is an acknowledgement too. */
function encodeAnswer(errno: number): Uint8Array {
	const bytes = new Uint8Array(20);
	new Int32Array(bytes.buffer).set([20, 0, 1, 0, -errno]);
	new Uint16Array(bytes.buffer)[2] = 2;
	return bytes;
}

// linux/rtnetlink.h
const kinds: Readonly<Record<number, string>> = { 16: "new link", 17: "delete link", 20: "new address" };

/** The system calls of a neighbour, answered without a kernel: none but these is made. */
function fakeLibc(refuse: (request: string, index: number) => number = () => 0, unshare = 0): Asked {
	const requests: string[] = [];
	const sockets = new Set<number>();
	let answer: number | undefined;
	let errno = 1; // EPERM
	let next = 1000;
	const libc: Pick<
		Libc,
		| "socket"
		| "getsockopt"
		| "setsockopt"
		| "send"
		| "recv"
		| "close"
		| "unshare"
		| "setns"
		| "if_nametoindex"
		| "errno"
	> = {
		socket: () => {
			sockets.add(++next);
			return next;
		},
		getsockopt: (_, level, name, value) => {
			new Uint32Array(value.buffer)[0] = 212_992;
			return level === 1 && name === 7 ? 0 : -1;
		},
		setsockopt: () => 0,
		send: (_, message, length) => {
			const type = new Uint16Array(message.buffer, message.byteOffset + 4, 1)[0] ?? 0;
			const family = message[16] === 10 ? " ipv6" : message[16] === 2 ? " ipv4" : "";
			const request = `${kinds[type]}${type === 20 ? `${family}/${message[17]}` : ""}`;
			requests.push(request);
			answer = refuse(request, requests.length);
			return length;
		},
		recv: (_, buffer) => {
			if (answer === undefined) {
				errno = 11; // EAGAIN
				return -1;
			}
			const bytes = encodeAnswer(answer);
			buffer.set(bytes);
			answer = undefined;
			return bytes.length;
		},
		close: (descriptor) => (sockets.delete(descriptor) ? 0 : -1),
		unshare: () => {
			errno = 1; // EPERM
			return unshare;
		},
		setns: () => 0,
		if_nametoindex: () => 7,
		errno: () => errno,
	};
	return { libc: libc as Libc, requests, sockets };
}

const openFiles = () => readdirSync("/proc/self/fd").length;

describe("a neighbour", () => {
	it("is at the other end of a wire with an address for each family", () => {
		const { libc, requests, sockets } = fakeLibc();
		const neighbour = makeNeighbour(libc, ["ipv4", "ipv6"]);
		expect(requests).toEqual([
			"new link",
			...["new address ipv4/30", "new address ipv4/30"],
			...["new address ipv6/64", "new address ipv6/64"],
			...["new link", "new link"],
		]);
		const [four, six] = neighbour.ways;
		expect(neighbour.ways.map(({ direction, family }) => [direction, family])).toEqual([
			["inbound", "ipv4"],
			["inbound", "ipv6"],
		]);
		expect(four?.interface).toMatch(/^shunt[a-z0-9]{1,8}$/);
		expect(six?.interface).toBe(four?.interface);
		// Two addresses of one block of four, and of one of 64 bits.
		const [, first] = /^198\.51\.100\.(\d+)$/.exec(four?.source ?? "") ?? [];
		expect(Number(first) % 4).toBe(1);
		expect(four?.target).toBe(`198.51.100.${Number(first) + 1}`);
		expect(six?.source).toMatch(/^2001:db8:[0-9a-f]+:[0-9a-f]+::1$/);
		expect(six?.target).toBe(six?.source.replace(/1$/, "2"));
		neighbour.remove();
		expect(requests.at(-1)).toBe("delete link");
		expect(sockets.size).toBe(0);
	});

	it("is gone with all that was opened for it, once", () => {
		const { libc, requests } = fakeLibc();
		const before = openFiles();
		const neighbour = makeNeighbour(libc, ["ipv4"]);
		expect(openFiles()).toBe(before + 2);
		neighbour.remove();
		neighbour.remove();
		expect(openFiles()).toBe(before);
		expect(requests.filter((request) => request === "delete link")).toHaveLength(1);
	});

	it("has no way for a family that is off", () => {
		const EACCES = 13;
		const { libc } = fakeLibc((request) => (request === "new address ipv6/64" ? EACCES : 0));
		const neighbour = makeNeighbour(libc, ["ipv4", "ipv6"]);
		expect(neighbour.ways.map(({ family }) => family)).toEqual(["ipv4"]);
		neighbour.remove();
	});

	it("is not made where that is not permitted, and leaves nothing", () => {
		const before = openFiles();
		const { libc, sockets } = fakeLibc(() => 0, -1);
		expect(() => makeNeighbour(libc, ["ipv4"])).toThrow("EPERM");
		expect(openFiles()).toBe(before);
		expect(sockets.size).toBe(0);
	});

	it("says what the kernel has against a wire, and leaves nothing", () => {
		const before = openFiles();
		const { libc, sockets } = fakeLibc((_, index) => (index === 1 ? 17 : 0));
		expect(() => makeNeighbour(libc, ["ipv4"])).toThrow("EEXIST");
		expect(openFiles()).toBe(before);
		expect(sockets.size).toBe(0);
	});

	it("opens what it opens inside, and comes back even when that fails", () => {
		const entered: number[] = [];
		const { libc } = fakeLibc();
		const neighbour = makeNeighbour({ ...libc, setns: (descriptor) => entered.push(descriptor) * 0 }, [
			"ipv4",
		]);
		entered.length = 0;
		expect(neighbour.inside(() => 5)).toBe(5);
		expect(() =>
			neighbour.inside(() => {
				throw new Error("inside");
			}),
		).toThrow("inside");
		const [there, here] = entered;
		expect(there).not.toBe(here);
		expect(entered).toEqual([there, here, there, here]);
		neighbour.remove();
	});
});
