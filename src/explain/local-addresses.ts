import { loopbackInterface } from "../backend/loopback.ts";
import { type Address, formatAddress, parseAddress } from "../domain/cidr.ts";
import { usualLoopback } from "../domain/interface-name.ts";
import type { Host } from "../host/host.ts";

/**
 * The addresses of the network namespace that the host is in, as texts, those of the loopback interface left out. The
 * kernel tells them in proc(5): `fib_trie` has IPv4's local table, `if_inet6` IPv6's addresses, in hexadecimal.
 */
export function localAddresses(host: Host): readonly string[] {
	return [
		...ipv4Addresses(host.readFile("/proc/self/net/fib_trie") ?? ""),
		...ipv6Addresses(host.readFile("/proc/self/net/if_inet6") ?? "", loopbackInterface(host)),
	];
}

/** Each host route of type LOCAL, under the address that it is for. */
export function ipv4Addresses(trie: string): readonly string[] {
	const found = [...trie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map(([, text = ""]) => text);
	return [...new Set(found)].filter((text) => !text.startsWith("127."));
}

/** One per line; the last column is the interface. */
export function ipv6Addresses(table: string, loopback: string = usualLoopback): readonly string[] {
	return table.split("\n").flatMap((line) => {
		const [hex = "", , , , , device] = line.trim().split(/\s+/);
		const address = parseAddress(hex.match(/.{4}/g)?.join(":") ?? "");
		return address === undefined || device === loopback ? [] : [formatAddress(address)];
	});
}

/** Whether an address is among them, whatever its spelling. */
export function isAmong(addresses: readonly string[], address: Address): boolean {
	return addresses.includes(formatAddress(address));
}
