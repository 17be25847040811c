import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dialect, dialects } from "../../src/domain/mode.ts";
import { bootKernel, inMachine, isWhole, kernels, possibleWays } from "../support/kernels.ts";
import type { Machine } from "../support/machine.ts";
import { type Causes, missingModules } from "../support/missing-modules.ts";

/** Every kind of rule: a range of ports, a single port that is listed, a user. */
const policy =
	"-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,5000-5010 --inbound-ports-to-redirect 8080";

const wanted = missingModules.filter(({ always = false }) => always || isWhole);

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

		it.each(possibleWays)(
			"mode $dialect by $via works, or names what is missing and what would work, and leaves nothing",
			async ({ dialect, via }) => {
				const transport = via === "tools" ? "tools" : "auto";
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
					"lsmod | grep -q '^nf_tables ' && pod nft list ruleset; pod cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null; true",
				);
				// Of its own tables iptables-legacy's remain, empty, since nobody can remove them; of no other's.
				expect(left.stdout).toMatch(dialect === "legacy" ? /^(?:nat\n){0,2}$/ : /^$/);
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
