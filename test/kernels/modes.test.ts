import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootKernel, inMachine, kernels, possibleWays } from "../support/kernels.ts";
import type { Machine } from "../support/machine.ts";

const policy =
	"-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,5000-5010 --outbound-ports-to-ignore 443";

describe.each(kernels)("Linux %s", (series) => {
	let machine: Machine;

	beforeAll(async () => {
		machine = await bootKernel(series);
	});

	afterAll(() => machine?.[Symbol.asyncDispose]());

	const inPod = (command: string) => inMachine(machine, `pod ${command}`);
	it("boots with nothing loaded, and mode auto has the kernel load what it needs", async () => {
		const { stdout } = await inMachine(machine, "lsmod | tail -n +2; uname -r");
		expect(stdout).toMatch(new RegExp(`^${series.replace(".", "\\.")}\\.`));
		const { status, stderr } = await inMachine(
			machine,
			`fresh && pod shunt init ${policy} --iptables-mode auto`,
		);
		expect(stderr).toContain("mode auto: nft: chosen");
		expect(status).toBe(0);
	});

	it("serves every mode, says --probe", async () => {
		const { stdout, status } = await inMachine(machine, "fresh && pod shunt init --probe");
		expect(status).toBe(0);
		const works = { ok: true };
		expect(JSON.parse(stdout)).toMatchObject({
			mode: { served: true },
			dialects: { legacy: works, nft: works, plain: works, nftables: works },
			left: [],
		});
	});

	describe.each(possibleWays)("mode $dialect by $via", ({ dialect, via }) => {
		const init = () => inPod(`shunt init ${policy} --iptables-mode ${dialect} --transport ${via}`);

		beforeAll(async () => {
			// The kernel loads everything by itself but this, which iptables-legacy does.
			const legacy = via === "kernel" && dialect === "legacy" ? "; modprobe -a iptable_nat ip6table_nat" : "";
			await inMachine(machine, `unload; fresh${legacy}`);
		});

		it("makes the rules", async () => {
			const { status, stderr } = await init();
			expect(stderr).toContain(`rules applied in one transaction (mode ${dialect}, via ${via})`);
			expect(status).toBe(0);
		});

		it("finds them again", async () => {
			const { status, stderr } = await init();
			expect(stderr).toContain("rules already in place, nothing changed");
			expect(status).toBe(0);
			expect((await inPod("shunt status")).stdout).toMatch(/in sync/);
		});

		it("takes them out again", async () => {
			expect((await inPod("shunt clean")).status).toBe(0);
			expect((await inPod("shunt status")).stdout).toContain("no rules of ours");
		});
	});
});
