import type { Family } from "../src/domain/family.ts";

/** One end of a TCP connection. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

/** The user that a socket belongs to, read from `/proc/net/tcp` or `tcp6` (proc_net_tcp.rst). Undefined when none is listed. */
export function ownerOf(
	table: string,
	family: Family,
	local: Endpoint,
	remotePort: number,
): number | undefined {
	const wanted = `${hexAddress(local.address, family)}:${hexPort(local.port)}`;
	for (const line of table.split("\n").slice(1)) {
		const [, source, destination, , , , , uid] = line.trim().split(/\s+/);
		if (source === wanted && destination?.endsWith(`:${hexPort(remotePort)}`)) {
			return Number(uid);
		}
	}
	return undefined;
}

/** The kernel prints each 32-bit word of an address as a number, so on a little-endian machine bytes stand reversed. */
function hexAddress(address: string, family: Family): string {
	const words = family === "ipv4" ? [address.split(".").map(Number)] : ipv6Words(address);
	return words.map((bytes) => bytes.toReversed().map(hexByte).join("")).join("");
}

function ipv6Words(address: string): number[][] {
	const [left = "", right = ""] = address.split("::");
	const head = left.split(":").filter((group) => group !== "");
	const tail = right.split(":").filter((group) => group !== "");
	const zeros = new Array<string>(8 - head.length - tail.length).fill("0");
	const bytes = [...head, ...zeros, ...tail].flatMap((group) => {
		const value = Number.parseInt(group, 16);
		return [value >> 8, value & 0xff];
	});
	return [0, 4, 8, 12].map((start) => bytes.slice(start, start + 4));
}

function hexByte(value: number): string {
	return value.toString(16).toUpperCase().padStart(2, "0");
}

function hexPort(port: number): string {
	return port.toString(16).toUpperCase().padStart(4, "0");
}
