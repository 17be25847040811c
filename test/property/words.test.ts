import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	containsAddress,
	formatAddress,
	formatCidr,
	parseAddress,
	parseCidr,
	sameCidr,
} from "../../src/domain/cidr.ts";
import { formatPortRange, parsePort, parsePortRange } from "../../src/domain/port.ts";
import { address, cidr, family, port, portRange } from "../support/arbitraries.ts";

const source = "test";

describe("what is written down is read back", () => {
	it("a port", () => {
		fc.assert(
			fc.property(port, (value) => {
				expect(parsePort(`${value}`, source)).toEqual({ ok: true, value });
			}),
		);
	});

	it("a range of ports", () => {
		fc.assert(
			fc.property(portRange, (value) => {
				expect(parsePortRange(formatPortRange(value), source)).toEqual({ ok: true, value });
			}),
		);
	});

	it("an address", () => {
		fc.assert(
			fc.property(family.chain(address), (value) => {
				expect(parseAddress(formatAddress(value))).toEqual(value);
			}),
		);
	});

	it("a subnet", () => {
		fc.assert(
			fc.property(cidr, (value) => {
				const again = parseCidr(formatCidr(value), source);
				expect(again.ok && sameCidr(again.value, value)).toBe(true);
			}),
		);
	});
});

describe("a subnet", () => {
	it("contains the address that it was written with", () => {
		fc.assert(
			fc.property(cidr, (value) => {
				const written = parseAddress(value.text.split("/")[0] ?? "");
				expect(written !== undefined && containsAddress(value, written)).toBe(true);
			}),
		);
	});
});

describe("arbitrary text", () => {
	it("is a port exactly when it is what the port's number is written as", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (text) => {
				const parsed = parsePort(text, source);
				const number = Number(text);
				const isPort = `${number}` === text && Number.isInteger(number) && number >= 1 && number <= 65_535;
				expect(parsed.ok).toBe(isPort);
			}),
		);
	});

	it("never becomes a subnet with anything in it that could end a rule's text", () => {
		fc.assert(
			fc.property(fc.tuple(cidr, fc.string({ minLength: 1 })), ([{ text }, more]) => {
				const parsed = parseCidr(`${text}${more}`, source);
				expect(!parsed.ok || /^[\dA-Fa-f:./]+$/.test(parsed.value.text)).toBe(true);
			}),
		);
	});
});
