import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import { createMemoryHost } from "../host/memory.ts";
import { gather } from "./gather.ts";

const recorded = JSON.parse(readFileSync("test/vectors/wire/connections.json", "utf8"));
const told = (name: string) =>
	recorded[name].map((hex: string) => Buffer.from(hex, "hex").toString("latin1"));

/** The family that a request for sockets is about is its seventeenth byte. */
const whole: Host["netlink"] = (request, protocol) =>
	told(protocol !== "sock-diag" ? "connections" : request.charCodeAt(16) === 2 ? "sockets4" : "sockets6");

const refusal = (name: string, number: number) => ({ name, number, message: "in words" });

function gathered(netlink: Host["netlink"], files: Readonly<Record<string, string>> = {}) {
	const host = createMemoryHost({ netlink });
	for (const [path, text] of Object.entries(files)) {
		host.files.set(path, text);
	}
	const { tracked, sockets, unread } = gather(host);
	return { tracked: tracked?.length, sockets: sockets.length, unread };
}

describe("what the kernel tells", () => {
	it("is all there", () => {
		const { unread, tracked, sockets } = gathered(whole);
		expect(unread).toEqual([]);
		expect(tracked).toBe(9);
		expect(sockets).toBeGreaterThan(10);
	});

	it.each([
		["EPERM", 1, "NET_ADMIN", "not-permitted"],
		["EINVAL", 22, "modprobe nf_conntrack_netlink", "refused"],
		["EPROTONOSUPPORT", 93, "modprobe nf_conntrack_netlink", "refused"],
		["ENOBUFS", 105, "ENOBUFS", "refused"],
	])("is named where conntrack answers %s", (name, number, why, code) => {
		const found = gathered((request, protocol) =>
			protocol === "sock-diag" ? whole(request, protocol) : refusal(name, number),
		);
		expect(found.tracked).toBeUndefined();
		expect(found.unread).toEqual([{ what: "tracked connections", why: expect.stringContaining(why), code }]);
	});

	it("is named where neither sock_diag nor proc tells of sockets, family by family", () => {
		const refusing: Host["netlink"] = (request, protocol) =>
			protocol === "sock-diag" ? refusal("ENOENT", 2) : whole(request, protocol);
		const { sockets, unread } = gathered(refusing, { "/proc/self/net/tcp6": "" });
		expect(sockets).toBe(0);
		expect(unread).toEqual([
			{ what: "sockets", why: expect.stringMatching(/^ipv4: .*modprobe tcp_diag/), code: "refused" },
		]);
	});

	it("is asked for again where it changed meanwhile, and named where it always does", () => {
		let asked = 0;
		const torn = (times: number): Host["netlink"] => {
			asked = 0;
			return (request, protocol) => {
				const [first = "", ...rest] = whole(request, protocol) as string[];
				const isTorn = protocol !== "sock-diag" && ++asked <= times;
				// NLM_F_DUMP_INTR in the flags of the first message.
				const flags = String.fromCharCode(first.charCodeAt(6) | 0x10);
				return isTorn ? [first.slice(0, 6) + flags + first.slice(7), ...rest] : [first, ...rest];
			};
		};
		expect(gathered(torn(2))).toMatchObject({ tracked: 9, unread: [] });
		expect(asked).toBe(3);
		const { tracked, unread } = gathered(torn(1000));
		expect([tracked, asked]).toEqual([undefined, 5]);
		expect(unread[0]?.why).toContain("try again");
	});
});
