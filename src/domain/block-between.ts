import { type Cidr, formatAddress } from "./cidr.ts";

/**
 * The subnet that is all addresses from one to another, as bytes, where there is one: the short way of most, of which there
 * may be tens of thousands.
 */
export function blockBetween(first: string, last: string): Cidr | undefined {
	let at = 0;
	while (at < first.length && first.charCodeAt(at) === last.charCodeAt(at)) {
		at++;
	}
	let prefix = 8 * at;
	if (at < first.length) {
		const low = first.charCodeAt(at);
		const host = low ^ last.charCodeAt(at);
		const rest = first.length - at - 1;
		if (
			(host & (host + 1)) !== 0 ||
			(low & host) !== 0 ||
			first.slice(at + 1) !== "\0".repeat(rest) ||
			last.slice(at + 1) !== "\xff".repeat(rest)
		) {
			return undefined;
		}
		prefix += Math.clz32(host) - 24;
	}
	const family = first.length === 4 ? "ipv4" : "ipv6";
	const bytes: number[] = [];
	for (let index = 0; index < first.length; index++) {
		bytes.push(first.charCodeAt(index));
	}
	const network = formatAddress({ family, bytes });
	return { family, network, first, prefix, text: `${network}/${prefix}` };
}
