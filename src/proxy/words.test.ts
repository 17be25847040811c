import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "../domain/cidr.ts";
import { parseDuration } from "./duration.ts";
import { formatEndpoint, parseSockaddr } from "./endpoint.ts";
import { connectionsThatFit } from "./open-files.ts";

describe("a duration", () => {
	it.each([
		["0", 0],
		["0s", 0],
		["500ms", 500],
		["10s", 10_000],
		["1.5s", 1500],
		["5m", 300_000],
		["1h", 3_600_000],
		["1h30m", 5_400_000],
		["576h", 2_073_600_000],
	])("may be %s", (text, value) => {
		expect(parseDuration(text, "--time")).toEqual({ ok: true, value });
	});

	it.each(["", "10", "s", "-1s", "1 s", "1d", "1s1", ".5s", "1e3s", "577h", "99999999999s", "10S"])(
		"may not be %j",
		(text) => {
			expect(parseDuration(text, "--time")).toMatchObject({
				ok: false,
				problems: [{ source: "--time", value: text }],
			});
		},
	);

	it("may have a least value", () => {
		expect(parseDuration("0", "--time", 1).ok).toBe(false);
		expect(parseDuration("1ms", "--time", 1).ok).toBe(true);
	});
});

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
