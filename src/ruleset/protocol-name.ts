/** Names for the protocols that rules are about, by number (IANA's protocol-numbers); any other keeps its number. */
const names: Readonly<Record<string, string>> = {
	1: "icmp",
	6: "tcp",
	17: "udp",
	33: "dccp",
	50: "esp",
	51: "ah",
	58: "ipv6-icmp",
	132: "sctp",
	136: "udplite",
	icmpv6: "ipv6-icmp",
};

/** One spelling for a protocol, whichever way a tool printed it. */
export function protocolName(printed: string | number): string {
	return names[printed] ?? String(printed);
}
