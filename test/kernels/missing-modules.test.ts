import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dialect, dialects } from "../../src/domain/mode.ts";
import { bootKernel, inMachine, isWhole, type KernelSeries, kernels } from "../support/kernels.ts";
import type { Machine } from "../support/machine.ts";

/** Every kind of rule: a range of ports, a single port that is listed, a user. */
const policy =
	"-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,5000-5010 --inbound-ports-to-redirect 8080";

/** What init has to say of a mode; a mode that is not named works. */
type Causes = Partial<Record<Dialect, string>>;

interface Row {
	readonly missing: readonly string[];
	readonly causes: Causes;
	/** What the kernel would take in another form, and a tool does not know how to ask for. */
	readonly byTools?: Causes;
	/** Whether leaving IPv6 out helps. */
	readonly ipv4?: boolean;
	/** Of which kernels it is a module of its own; all without a word. */
	readonly in?: readonly KernelSeries[];
	/** Whether it is tested also where nobody asks for all. */
	readonly always?: boolean;
}

const ofIptables = (cause: string): Causes => ({ legacy: cause, nft: cause, plain: cause });
const ofNfTables = (cause: string): Causes => ({ nft: cause, plain: cause, nftables: cause });

const rows: readonly Row[] = [
	{ missing: ["nf_tables"], causes: ofNfTables("kernel has no nf_tables"), always: true },
	{ missing: ["ip_tables"], causes: { legacy: "kernel has no ip_tables with a nat table" } },
	{ missing: ["iptable_nat"], causes: { legacy: "kernel lacks iptable_nat" } },
	{ missing: ["ip6_tables"], causes: { legacy: "kernel has no ip6_tables with a nat table" }, ipv4: true },
	{ missing: ["ip6table_nat"], causes: { legacy: "kernel lacks ip6table_nat" }, ipv4: true, always: true },
	{ missing: ["nft_compat"], causes: { nft: "kernel lacks nft_compat", plain: "kernel lacks nft_compat" } },
	{
		missing: ["xt_comment"],
		causes: { nft: "kernel lacks xt_comment", plain: "kernel lacks xt_comment" },
		byTools: { legacy: "kernel lacks xt_comment" },
	},
	{ missing: ["xt_multiport"], causes: ofIptables("kernel lacks xt_multiport") },
	{ missing: ["xt_owner"], causes: ofIptables("kernel lacks xt_owner"), always: true },
	{ missing: ["xt_REDIRECT"], causes: ofIptables("kernel lacks xt_REDIRECT") },
	{ missing: ["xt_tcpudp"], causes: { legacy: "kernel lacks xt_tcpudp" } },
	{ missing: ["nft_redir"], causes: { nftables: "kernel lacks nft_redir" }, always: true },
	{ missing: ["nft_chain_nat"], causes: ofNfTables("kernel lacks nft_chain_nat"), always: true },
	{
		missing: ["nft_counter"],
		causes: { nft: "kernel lacks nft_counter", plain: "kernel lacks nft_counter" },
		in: ["5.10"],
	},
	{ missing: ["nf_nat"], causes: { ...ofNfTables("nf_nat"), legacy: "nf_nat" } },
	{
		missing: ["nft_chain_nat", "ip_tables", "ip6_tables"],
		causes: {
			...ofNfTables("kernel lacks nft_chain_nat"),
			legacy: "kernel has no ip_tables with a nat table",
		},
	},
];

const wanted = rows.filter(({ always = false }) => always || isWhole);

describe.each(kernels)("Linux %s", (series) => {
	let machine: Machine;

	beforeAll(async () => {
		machine = await bootKernel(series);
	});

	afterAll(() => machine?.[Symbol.asyncDispose]());

	const here = wanted.filter((row) => row.in?.includes(series) !== false);

	describe.each(here)("without $missing", ({ missing, causes: always, byTools = {}, ipv4 = false }) => {
		beforeAll(async () => {
			const { status, stderr } = await inMachine(machine, `unload; hide ${missing.join(" ")}`);
			expect(stderr).toBe("");
			expect(status).toBe(0);
		});

		afterAll(() => inMachine(machine, "unload; show"));

		const init = (args: string) => inMachine(machine, `fresh && pod shunt init ${policy} ${args}`);
		const causesBy = (transport: string): Causes =>
			transport === "tools" ? { ...always, ...byTools } : always;
		const workingBy = (transport: string) =>
			dialects.filter((dialect) => causesBy(transport)[dialect] === undefined);

		it.each(dialects.flatMap((dialect) => ["auto", "tools"].map((transport) => ({ dialect, transport }))))(
			"mode $dialect by transport $transport works, or names what is missing and what would work, and leaves nothing",
			async ({ dialect, transport }) => {
				const { status, stderr } = await init(`--iptables-mode ${dialect} --transport ${transport}`);
				const working = workingBy(transport);
				const cause = causesBy(transport)[dialect];
				if (cause === undefined) {
					expect(stderr).toContain("rules applied in one transaction");
					expect(status).toBe(0);
					return;
				}
				expect(stderr).toContain(cause);
				expect(stderr).toContain(`mode ${dialect} cannot be used here`);
				expect(stderr).toContain(missing.length > 1 ? "modprobe" : `${missing}`);
				expect(/modes that work here: (.*?) \(/.exec(stderr)?.[1] ?? "", stderr).toBe(working.join(", "));
				expect(stderr.includes("add --ipv6=false"), stderr).toBe(ipv4);
				expect(stderr.includes("no mode works here")).toBe(working.length === 0 && !ipv4);
				expect(status).toBe(69);
				const left = await inMachine(
					machine,
					"lsmod | grep -q '^nf_tables ' && pod nft list ruleset; pod cat /proc/net/ip_tables_names 2>/dev/null; true",
				);
				expect(dialect === "legacy" ? left.stdout.replace(/^nat\n$/, "") : left.stdout).toBe("");
			},
		);

		it.each(["auto", "tools"])("--probe says what init then does, by transport %s", async (transport) => {
			const { stdout } = await inMachine(machine, `fresh && pod shunt init --probe --transport ${transport}`);
			const { dialects: found } = JSON.parse(stdout);
			const causes = causesBy(transport);
			for (const dialect of dialects) {
				expect(found[dialect].ok, JSON.stringify(found[dialect])).toBe(causes[dialect] === undefined);
				expect(found[dialect].message ?? "").toContain(causes[dialect] ?? "");
			}
		});

		it.each(["auto", "tools"])("mode auto takes what works, by transport %s", async (transport) => {
			const { status, stdout, stderr } = await init(
				`--iptables-mode auto --output json --transport ${transport}`,
			);
			const working = workingBy(transport);
			const causes = causesBy(transport);
			const first = ["nft", "nftables", "legacy"].find((dialect) => working.includes(dialect as Dialect));
			if (first === undefined) {
				expect(stderr).toContain("no mode works here");
				expect(status).toBe(69);
				return;
			}
			expect(status, stderr).toBe(0);
			const { mode } = JSON.parse(stdout);
			expect(mode.used).toBe(first);
			for (const { mode: tried, failure } of mode.tried) {
				expect(failure).toContain(causes[tried as Dialect]);
			}
		});

		if (ipv4) {
			it("legacy works for IPv4 alone", async () => {
				expect((await init("--iptables-mode legacy --ipv6=false")).status).toBe(0);
			});
		}
	});
});
