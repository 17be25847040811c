import type { Dialect } from "../../src/domain/mode.ts";
import type { KernelSeries } from "./kernels.ts";

/** What init has to say of a mode; a mode that is not named works. */
export type Causes = Partial<Record<Dialect, string>>;

/** One module that is missing, or several, and what that comes to. */
export interface MissingModules {
	readonly missing: readonly string[];
	readonly causes: Causes;
	/** What the kernel would take in another form, and a tool does not know how to ask for. */
	readonly byTools?: Causes;
	/** Whether leaving IPv6 out helps. */
	readonly ipv4?: boolean;
	/** Of which kernels it is a module of its own; all without a word. */
	readonly in?: readonly KernelSeries[];
	/** What the table in docs/kernels.md says besides. */
	readonly remark?: string;
	/** Whether it is tested also where nobody asks for all. */
	readonly always?: boolean;
}

const ofIptables = (cause: string): Causes => ({ legacy: cause, nft: cause, plain: cause });
const ofNfTables = (cause: string): Causes => ({ nft: cause, plain: cause, nftables: cause });

export const missingModules: readonly MissingModules[] = [
	{ missing: ["nf_tables"], causes: ofNfTables("kernel has no nf_tables"), always: true },
	{ missing: ["ip_tables"], causes: { legacy: "kernel has no ip_tables with a nat table" } },
	{ missing: ["iptable_nat"], causes: { legacy: "kernel lacks iptable_nat" } },
	{ missing: ["ip6_tables"], causes: { legacy: "kernel has no ip6_tables with a nat table" }, ipv4: true },
	{ missing: ["ip6table_nat"], causes: { legacy: "kernel lacks ip6table_nat" }, ipv4: true, always: true },
	{ missing: ["nft_compat"], causes: { nft: "kernel lacks nft_compat", plain: "kernel lacks nft_compat" } },
	{
		missing: ["xt_comment"],
		remark: "legacy does without comments by the kernel ([gvisor.md](gvisor.md))",
		causes: { nft: "kernel lacks xt_comment", plain: "kernel lacks xt_comment" },
		byTools: { legacy: "kernel lacks xt_comment" },
	},
	{ missing: ["xt_multiport"], causes: ofIptables("kernel lacks xt_multiport") },
	{ missing: ["xt_owner"], causes: ofIptables("kernel lacks xt_owner"), always: true },
	{ missing: ["xt_REDIRECT"], causes: ofIptables("kernel lacks xt_REDIRECT") },
	{
		missing: ["xt_tcpudp"],
		causes: { legacy: "kernel lacks xt_tcpudp" },
		remark: "only where ports to redirect are listed",
	},
	{ missing: ["nft_redir"], causes: { nftables: "kernel lacks nft_redir" }, always: true },
	{
		missing: ["nft_chain_nat"],
		causes: ofNfTables("kernel lacks nft_chain_nat"),
		remark: "“(or nf_nat, which it needs)” where nothing else has asked for that",
		always: true,
	},
	{
		missing: ["nft_counter"],
		causes: { nft: "kernel lacks nft_counter", plain: "kernel lacks nft_counter" },
		remark: "“or another module behind this rule” by the tools, which do not name it",
		in: ["5.10"],
	},
	{
		missing: ["nf_nat"],
		causes: { ...ofIptables("nf_nat"), nftables: "nf_nat" },
		remark:
			"“kernel lacks nf_nat”; where nothing else that translates was asked for, “nft_chain_nat (or nf_nat, which it needs)”, and so of `iptable_nat`",
	},
	{
		missing: ["nft_chain_nat", "ip_tables", "ip6_tables"],
		causes: {
			...ofNfTables("kernel lacks nft_chain_nat"),
			legacy: "kernel has no ip_tables with a nat table",
		},
	},
];
