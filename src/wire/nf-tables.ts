import type { Family } from "../domain/family.ts";

/** The numbers of linux/netfilter/nfnetlink.h and linux/netfilter/nf_tables.h that both directions need. */

const subsystem = 10; // NFNL_SUBSYS_NFTABLES

/** enum nf_tables_msg_types, with the subsystem in the upper byte. */
export const messageType = {
	newTable: (subsystem << 8) | 0,
	getTable: (subsystem << 8) | 1,
	deleteTable: (subsystem << 8) | 2,
	newChain: (subsystem << 8) | 3,
	getChain: (subsystem << 8) | 4,
	deleteChain: (subsystem << 8) | 5,
	newRule: (subsystem << 8) | 6,
	getRule: (subsystem << 8) | 7,
	deleteRule: (subsystem << 8) | 8,
	newSet: (subsystem << 8) | 9,
	getSet: (subsystem << 8) | 10,
	newSetElements: (subsystem << 8) | 12,
	getSetElements: (subsystem << 8) | 13,
	newGeneration: (subsystem << 8) | 15,
	getGeneration: (subsystem << 8) | 16,
	batchBegin: 16, // NFNL_MSG_BATCH_BEGIN
	batchEnd: 17, // NFNL_MSG_BATCH_END
	error: 2, // NLMSG_ERROR
	done: 3, // NLMSG_DONE
} as const;

export const batchSubsystem = subsystem;

/** NLM_F_*, of linux/netlink.h. */
export const flag = {
	request: 0x001,
	multi: 0x002,
	acknowledge: 0x004,
	/** A dump that somebody's change ran into (NLM_F_DUMP_INTR). */
	interrupted: 0x010,
	dump: 0x300,
	/** Refuse where there is one (NLM_F_EXCL). */
	exclusive: 0x200,
	create: 0x400,
	append: 0x800,
	/** Of an answer: it does not repeat the request (NLM_F_CAPPED). */
	capped: 0x100,
	/** Of an answer: attributes follow (NLM_F_ACK_TLVS). */
	attributes: 0x200,
} as const;

/** NFPROTO_* of linux/netfilter.h. */
export const protocolFamily = { inet: 1, ipv4: 2, ipv6: 10 } as const;

export type TableScope = Family | "inet";

export const scopeOfProtocolFamily: ReadonlyMap<number, TableScope> = new Map([
	[protocolFamily.inet, "inet"],
	[protocolFamily.ipv4, "ipv4"],
	[protocolFamily.ipv6, "ipv6"],
]);

/** struct nfgenmsg: family, version, resource. */
export const generalHeaderLength = 4;

export const tableField = { name: 1, flags: 2, use: 3, handle: 4, userdata: 6 } as const;
export const tableDormant = 1; // NFT_TABLE_F_DORMANT

export const chainField = {
	table: 1,
	handle: 2,
	name: 3,
	hook: 4,
	policy: 5,
	use: 6,
	type: 7,
	flags: 10,
} as const;
export const hookField = { number: 1, priority: 2 } as const;
/** NF_INET_PRE_ROUTING and NF_INET_LOCAL_OUT of linux/netfilter.h. */
export const hookNumber = { prerouting: 0, output: 3 } as const;
/** NF_IP_PRI_NAT_DST of linux/netfilter_ipv4.h. */
export const natPriority = -100;
export const policyAccept = 1; // NF_ACCEPT

export const ruleField = {
	table: 1,
	chain: 2,
	handle: 3,
	expressions: 4,
	compat: 5,
	position: 6,
	userdata: 7,
} as const;
export const compatField = { protocol: 1, flags: 2 } as const;

export const listElement = 1; // NFTA_LIST_ELEM
export const expressionField = { name: 1, data: 2 } as const;

export const dataField = { value: 1, verdict: 2 } as const;
export const verdictField = { code: 1, chain: 2 } as const;
/** NFT_CONTINUE and its like, NF_DROP and NF_ACCEPT. */
export const verdictCode = { continue: -1, jump: -3, goto: -4, return: -5, drop: 0, accept: 1 } as const;

export const setField = {
	table: 1,
	name: 2,
	flags: 3,
	keyType: 4,
	keyLength: 5,
	dataType: 6,
	dataLength: 7,
	description: 9,
	id: 10,
	userdata: 13,
} as const;
/** NFT_SET_ANONYMOUS and its like. */
export const setFlag = { anonymous: 1, constant: 2, interval: 4, map: 8, concatenation: 0x80 } as const;
export const elementListField = { table: 1, set: 2, elements: 3, setId: 4 } as const;
export const elementField = { key: 1, data: 2, flags: 3, keyEnd: 10 } as const;
/** NFT_SET_ELEM_INTERVAL_END: the first value behind a range. NFT_SET_ELEM_CATCHALL: whatever nothing else holds. */
export const elementFlag = { intervalEnd: 1, catchAll: 2 } as const;

/** enum nft_meta_keys */
export const metaKey = {
	protocol: 1,
	mark: 3,
	iif: 4,
	oif: 5,
	iifname: 6,
	oifname: 7,
	skuid: 10,
	skgid: 11,
	nfproto: 15,
	l4proto: 16,
} as const;

/** NFT_PAYLOAD_NETWORK_HEADER and NFT_PAYLOAD_TRANSPORT_HEADER */
export const payloadBase = { network: 1, transport: 2 } as const;
/** Where addresses lie in a header of IPv4 and of IPv6 (RFC 791, RFC 8200). */
export const addressOffset = {
	ipv4: { source: 12, destination: 16 },
	ipv6: { source: 8, destination: 24 },
} as const;

/** enum nft_cmp_ops */
export const comparison = { equal: 0, notEqual: 1, less: 2, atMost: 3, greater: 4, atLeast: 5 } as const;

/** Of linux/in.h. */
export const tcpProtocol = 6;
/** XT_INV_PROTO and NFT_RULE_COMPAT_F_INV are for rules of others. */
export const interfaceNameLength = 16; // IFNAMSIZ

/** The kernel's most for a rule's or a table's userdata (NFT_USERDATA_MAXLEN). */
export const userdataLimit = 256;
/** NFTNL_UDATA_RULE_COMMENT and NFTNL_UDATA_TABLE_COMMENT of libnftnl's udata.h. */
export const commentUserdata = 0;
