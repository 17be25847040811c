import type { Dialect } from "../../src/domain/mode.ts";

/**
 * What the tools print on systems that cannot serve a dialect, as their users reported it: standard error and exit
 * status of the tools that fail there. `works` is what `auto` has to end with, given that the rest is there.
 */
export interface RefusingKernel {
	readonly system: string;
	readonly failing: Readonly<Record<string, { readonly stderr: string; readonly status: number }>>;
	/** Tools that are not installed there. */
	readonly missing: readonly string[];
	readonly works: Dialect;
	/** What the log has to say of what did not work. */
	readonly says: readonly RegExp[];
}

const bothFamilies = (variant: string, said: (base: string) => string, status: number) =>
	Object.fromEntries(
		["iptables", "ip6tables"].flatMap((base) =>
			["restore", "save"].map((verb) => [
				`${base}-${variant}-${verb}`,
				{ stderr: said(`${base}-${verb}`), status },
			]),
		),
	);

const tools = (...variants: readonly string[]) =>
	["iptables", "ip6tables"].flatMap((base) =>
		variants.flatMap((variant) => ["restore", "save"].map((verb) => `${base}${variant}-${verb}`)),
	);

export const refusingKernels: readonly RefusingKernel[] = [
	{
		system: "RHEL 9 without the compatibility modules",
		failing: bothFamilies(
			"nft",
			(tool) =>
				`Warning: Extension REDIRECT revision 0 not supported, missing kernel module?\n${tool} v1.8.8 (nf_tables): \nline 6: RULE_APPEND failed (No such file or directory): rule in chain PROXY_INIT_REDIRECT`,
			4,
		),
		missing: tools("-legacy", ""),
		works: "nftables",
		says: [/nft: ipv4: kernel lacks xt_REDIRECT: .*RULE_APPEND failed/],
	},
	{
		system: "RHEL 10, with neither compatibility modules nor ip_tables",
		failing: {
			...bothFamilies(
				"nft",
				(tool) =>
					`${tool} v1.8.11 (nf_tables): \nline 5: RULE_APPEND failed (No such file or directory): rule in chain PREROUTING`,
				4,
			),
			...bothFamilies(
				"legacy",
				(tool) =>
					`modprobe: FATAL: Module ip_tables not found in directory /lib/modules/6.12.0\n${tool} v1.8.11 (legacy): ${tool}: unable to initialize table 'nat'`,
				2,
			),
		},
		missing: [],
		works: "nftables",
		says: [/nft: ipv4: kernel lacks a module behind this rule: .*RULE_APPEND failed/],
	},
	{
		system: "Container-Optimized OS before it had nf_tables",
		failing: {
			...bothFamilies(
				"nft",
				(tool) => `${tool} v1.8.7 (nf_tables): Could not fetch rule set generation id: Invalid argument`,
				4,
			),
			nft: { stderr: "netlink: Error: cache initialization failed: Invalid argument", status: 1 },
		},
		missing: [],
		works: "legacy",
		says: [
			/nft: ipv4: kernel has no nf_tables: .*generation id: Invalid argument/,
			/nftables: kernel has no nf_tables: .*cache initialization failed/,
		],
	},
	{
		system: "Bottlerocket's host, with plain names alone",
		failing: {},
		missing: ["nft", ...tools("-nft", "-legacy")],
		works: "plain",
		says: [/nft: .*iptables-nft-restore.*: not found/, /nftables: nft: not found/, /legacy: .*: not found/],
	},
	{
		system: "gVisor with netstack's own iptables",
		failing: {
			...bothFamilies("nft", (tool) => `${tool}/1.8.9 Failed to initialize nft: Protocol not supported`, 1),
			nft: { stderr: "mnl.c:60: Unable to initialize Netlink socket: Protocol not supported", status: 3 },
		},
		missing: [],
		works: "legacy",
		says: [
			/nft: ipv4: kernel has no nf_tables: .*Failed to initialize nft/,
			/nftables: kernel has no nf_tables: .*Unable to initialize Netlink socket/,
		],
	},
];
