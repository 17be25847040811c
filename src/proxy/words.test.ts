import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "../domain/cidr.ts";
import { formatEndpoint } from "../domain/endpoint.ts";
import { parseSockaddr } from "../linux/sockaddr.ts";
import { connectionsThatFit } from "./open-files.ts";

describe("a socket address", () => {
	const port = fc.integer({ min: 0, max: 65_535 });

	it("is read from the kernel's struct sockaddr_in", () => {
		const address = fc.ipV4();
		fc.assert(
			fc.property(address, port, (text, number) => {
				const bytes = Buffer.alloc(28);
				bytes.writeUInt16BE(number, 2);
				bytes.set(parseAddress(text)!.bytes, 4);
				expect(parseSockaddr(bytes, "ipv4")).toEqual({ address: text, port: number, scopeId: 0 });
			}),
		);
	});

	it("is read from the kernel's struct sockaddr_in6", () => {
		fc.assert(
			fc.property(fc.ipV6(), port, fc.nat(9), (text, number, scopeId) => {
				const parsed = parseAddress(text)!;
				const bytes = Buffer.alloc(28);
				bytes.writeUInt16BE(number, 2);
				bytes.set(parsed.bytes, 8);
				bytes.writeUInt32LE(scopeId, 24);
				expect(parseSockaddr(bytes, "ipv6")).toEqual({
					address: formatAddress(parsed),
					port: number,
					scopeId,
				});
			}),
		);
	});

	it("is written with brackets where colons would be ambiguous", () => {
		expect(formatEndpoint({ address: "10.0.0.1", port: 80 })).toBe("10.0.0.1:80");
		expect(formatEndpoint({ address: "fd00::1", port: 80 })).toBe("[fd00::1]:80");
	});
});

describe("the limit on open files", () => {
	const limits = (soft: string) =>
		`Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}   4096   files\n`;

	it.each([
		["1024", 480],
		["20000", 9968],
		["10", 1],
		["unlimited", Number.POSITIVE_INFINITY],
	])("of %s leaves room for %d connections", (soft, connections) => {
		expect(connectionsThatFit(limits(soft))).toBe(connections);
	});
});
