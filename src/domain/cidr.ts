import ipaddr from "ipaddr.js";
import type { Family } from "./family.ts";
import { err, ok, type Result } from "./problem.ts";

/** An address block. Two blocks are the same when family, `network` and `prefix` are. */
export interface Cidr {
	readonly family: Family;
	/** The first address of the block in its shortest spelling (RFC 5952), host bits cleared as the kernel does. */
	readonly network: string;
	/** The same address, one character for each byte. */
	readonly first: string;
	/** 0-32 or 0-128. */
	readonly prefix: number;
	/** The spelling that was given, which is what rule comments show. Its alphabet is `[0-9A-Fa-f:./]`. */
	readonly text: string;
}

/** One address, as its family's bytes in network order. */
export interface Address {
	readonly family: Family;
	readonly bytes: readonly number[];
}

const octet = "(?:0|[1-9]\\d{0,2})";
/** inet_aton(3) also takes "10.1", "012.0.0.1" and "0x0a.0.0.1"; each means something else to another program. */
const dottedDecimal = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const colonHex = /^[\dA-Fa-f:]+$/;

/** Undefined for anything but four decimal octets or an IPv6 address without a zone. */
export function parseAddress(text: string): Address | undefined {
	if (dottedDecimal.test(text)) {
		// By their numbers: there may be tens of thousands, and taking an array apart goes through an iterator.
		const parts = text.split(".");
		const bytes = [Number(parts[0]), Number(parts[1]), Number(parts[2]), Number(parts[3])];
		return bytes.some(isNoByte) ? undefined : { family: "ipv4", bytes };
	}
	const plain = text.includes(".") ? withoutDots(text) : text;
	if (plain !== undefined && colonHex.test(plain) && plain.includes(":") && ipaddr.IPv6.isValid(plain)) {
		return { family: "ipv6", bytes: ipaddr.IPv6.parse(plain).toByteArray() };
	}
	return undefined;
}

/**
 * An IPv6 address whose last four bytes are in decimal (RFC 4291, 2.2), in hexadecimal. ipaddr.js 2.5.0 takes `::1.2.3.4` for
 * `::ffff:1.2.3.4` (its pattern for deprecated addresses of transition), where everybody else reads `::102:304`.
 */
function withoutDots(text: string): string | undefined {
	const begin = text.lastIndexOf(":") + 1;
	const bytes = dottedDecimal.test(text.slice(begin)) ? text.slice(begin).split(".").map(Number) : [];
	const [a = 256, b = 256, c = 256, d = 256] = bytes;
	return [a, b, c, d].some(isNoByte)
		? undefined
		: `${text.slice(0, begin)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/**
 * Accepts `ADDRESS/PREFIX` of either family, in any standard spelling. Host bits are allowed, since the
 * reference program and iptables take `172.16.5.4/12` to mean the block around that address.
 */
export function parseCidr(text: string, source: string): Result<Cidr> {
	const slash = text.indexOf("/");
	const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
	const width = address === undefined ? 0 : address.bytes.length * 8;
	const prefixText = slash < 0 ? "" : text.slice(slash + 1);
	const prefix = prefixOf(prefixText);
	if (address !== undefined && prefix <= width) {
		const masked = maskAddress(address, prefix);
		return ok({
			family: address.family,
			network: formatAddress(masked),
			first: String.fromCharCode(...masked.bytes),
			prefix,
			text,
		});
	}
	return err({
		source,
		value: text,
		complaint: "is not a subnet",
		accepted: "ADDRESS/PREFIX, such as 10.0.0.0/8 (prefix 0-32) or fd00::/8 (prefix 0-128)",
	});
}

/**
 * Whole lists of IPv4 subnets, as nearly all are written and by far the quickest: undefined where one is not, and then they are
 * to be read one by one. There may be tens of thousands.
 */
export function parseUsualCidrs(text: string): Cidr[] | undefined {
	if (!usualCidrs.test(text)) {
		return undefined;
	}
	const numbers: readonly number[] = JSON.parse(`[${text.replaceAll(".", ",").replaceAll("/", ",")}]`);
	const cidrs: Cidr[] = [];
	let at = 0;
	let areNetworks = true;
	for (const item of text.split(",")) {
		const network = usualNetwork(item, numbers, at);
		at += 5;
		if (network !== undefined) {
			cidrs.push(network);
			continue;
		}
		const parsed = parseCidr(item, "");
		if (!parsed.ok) {
			return undefined;
		}
		areNetworks = false;
		cidrs.push(parsed.value);
	}
	if (areNetworks) {
		listsOfNetworks.add(cidrs);
	}
	return cidrs;
}

/** What need not be found out again of tens of thousands. */
const listsOfNetworks = new WeakSet<readonly Cidr[]>();

const oneUsualCidr = `${octet}(?:\\.${octet}){3}/(?:[12]\\d|3[0-2]|\\d)`;
const usualCidrs = new RegExp(`^${oneUsualCidr}(?:,${oneUsualCidr})*$`);

/** From its five numbers, of which the prefix is right; undefined where a byte is not, or where there are host bits. */
function usualNetwork(text: string, numbers: readonly number[], at: number): Cidr | undefined {
	const a = numbers[at] ?? 256;
	const b = numbers[at + 1] ?? 256;
	const c = numbers[at + 2] ?? 256;
	const d = numbers[at + 3] ?? 256;
	const prefix = numbers[at + 4] ?? 0;
	const hostBits = prefix === 0 ? -1 : (1 << (32 - prefix)) - 1;
	if (a > 255 || b > 255 || c > 255 || d > 255 || ((a << 24) | (b << 16) | (c << 8) | d) & hostBits) {
		return undefined;
	}
	const network = text.slice(0, prefix < 10 ? -2 : -3);
	return { family: "ipv4", network, first: String.fromCharCode(a, b, c, d), prefix, text };
}

function isNoByte(byte: number): boolean {
	return byte > 255;
}

/** NaN for anything but a whole number as it is written. */
function prefixOf(text: string): number {
	const prefix = Number(text);
	return String(prefix) === text && Number.isInteger(prefix) && prefix >= 0 ? prefix : Number.NaN;
}

export function formatCidr(cidr: Cidr): string {
	return `${cidr.network}/${cidr.prefix}`;
}

/** Those of which the spelling that was given names an address inside the block rather than its first one. The list must not change. */
export function withHostBits(subnets: readonly Cidr[]): readonly Cidr[] {
	return listsOfNetworks.has(subnets) ? [] : subnets.filter(hasHostBits);
}

function hasHostBits(cidr: Cidr): boolean {
	const { text, network } = cidr;
	if (text.startsWith(network) && text.charAt(network.length) === "/") {
		return false;
	}
	const address = parseAddress(cidr.text.split("/")[0] ?? "");
	return address !== undefined && formatAddress(address) !== cidr.network;
}

export function sameCidr(a: Cidr, b: Cidr): boolean {
	return a.family === b.family && a.prefix === b.prefix && a.network === b.network;
}

export function containsAddress(cidr: Cidr, address: Address): boolean {
	return address.family === cidr.family && formatAddress(maskAddress(address, cidr.prefix)) === cidr.network;
}

/** Shortest spelling of either family (RFC 5952 for IPv6). */
export function formatAddress(address: Address): string {
	return address.family === "ipv4"
		? address.bytes.join(".")
		: new ipaddr.IPv6([...address.bytes]).toRFC5952String();
}

function maskAddress(address: Address, prefix: number): Address {
	const bytes: number[] = [];
	for (const byte of address.bytes) {
		const kept = prefix - bytes.length * 8;
		bytes.push(kept >= 8 ? byte : kept <= 0 ? 0 : byte & (0xff << (8 - kept)));
	}
	return { family: address.family, bytes };
}
