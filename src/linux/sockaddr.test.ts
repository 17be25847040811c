import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "../domain/cidr.ts";
import { encodeSockaddr, parseSockaddr } from "./sockaddr.ts";

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

	it("is read again from what is written for the kernel", () => {
		fc.assert(
			fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), port, (text, number) => {
				const { family, bytes } = parseAddress(text)!;
				const address = formatAddress({ family, bytes });
				const written = Buffer.from(encodeSockaddr(family, { address, port: number }));
				expect(written).toHaveLength(family === "ipv4" ? 16 : 28);
				expect(parseSockaddr(written, family)).toEqual({ address, port: number, scopeId: 0 });
			}),
		);
	});
});
