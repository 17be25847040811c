import fc from "fast-check";
import { type ByteOrder, type Bytes, be32, u8, words } from "../../src/wire/bytes.ts";

/** All: SHUNT_WIRE_MUTATIONS=100000, which takes some 15 seconds. */
export const total = Number(process.env["SHUNT_WIRE_MUTATIONS"] ?? 5000);
export const share = (part: number) => Math.ceil(total * part);
export const order = fc.constantFrom<ByteOrder>("little", "little", "little", "big");

type Change = (bytes: Bytes) => Bytes;

/** Lengths that are wrong in every way there is: none, too short, off by one, far too long. */
const badLengths = fc.constantFrom(0, 1, 3, 4, 5, 15, 16, 17, 0x7fff, 0xffff);

const change: fc.Arbitrary<Change> = fc.oneof(
	fc.tuple(fc.nat(), fc.nat(255)).map(
		([at, value]): Change =>
			(bytes) =>
				replaced(bytes, at % (bytes.length + 1), u8(value)),
	),
	fc.tuple(fc.nat(), badLengths).map(
		([at, length]): Change =>
			(bytes) =>
				replaced(bytes, (at % (bytes.length + 1)) & ~3, words.little.u16(length)),
	),
	fc.nat().map(
		(at): Change =>
			(bytes) =>
				bytes.slice(0, at % (bytes.length + 1)),
	),
	fc.tuple(fc.nat(), fc.nat(40)).map(
		([at, count]): Change =>
			(bytes) =>
				bytes.slice(0, at % (bytes.length + 1)) + bytes.slice((at % (bytes.length + 1)) + count),
	),
	fc.tuple(fc.nat(), fc.nat(200)).map(
		([at, count]): Change =>
			(bytes) =>
				bytes.slice(0, at % (bytes.length + 1)) + bytes.slice((at % (bytes.length + 1)) - count),
	),
	fc.tuple(fc.nat(), fc.nat()).map(
		([at, value]): Change =>
			(bytes) =>
				replaced(bytes, (at % (bytes.length + 1)) & ~3, be32(value)),
	),
);

/** Bytes changed, left out, doubled or cut off, lengths above all. */
export const mutation: fc.Arbitrary<Change> = fc
	.array(change, { minLength: 1, maxLength: 4 })
	.map((changes) => (bytes) => changes.reduce((before, apply) => apply(before), bytes));

function replaced(bytes: Bytes, at: number, part: Bytes): Bytes {
	return (bytes.slice(0, at) + part + bytes.slice(at + part.length)).slice(0, Math.max(bytes.length, 1));
}
