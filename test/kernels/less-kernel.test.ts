import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dialects } from "../../src/domain/mode.ts";
import { bootKernel, inMachine, kernels } from "../support/kernels.ts";
import type { Machine } from "../support/machine.ts";

const policy = "-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,5000-5010";

describe.each(kernels)("Linux %s that loads no module", (series) => {
	let machine: Machine;

	beforeAll(async () => {
		machine = await bootKernel(series);
		await inMachine(machine, "rm -rf /lib/modules; echo /bin/false >/proc/sys/kernel/modprobe");
	});

	afterAll(() => machine?.[Symbol.asyncDispose]());

	const inPod = (command: string) => inMachine(machine, `fresh && pod ${command}`);

	it.each([...dialects, "auto"])("serves no mode, and says so of %s", async (mode) => {
		const { status, stderr } = await inPod(`shunt init ${policy} --iptables-mode ${mode}`);
		expect(stderr).toMatch(/kernel has no (?:nf_tables|ip_tables with a nat table): /);
		expect(stderr).toContain("no mode works here");
		expect(stderr).toContain("modprobe");
		expect(status).toBe(69);
	});

	it("is what --probe says", async () => {
		const { status, stdout } = await inPod("shunt init --probe --iptables-mode auto");
		expect(status).toBe(69);
		const { dialects: found, left } = JSON.parse(stdout);
		expect(dialects.filter((dialect) => found[dialect].ok)).toEqual([]);
		expect(left).toEqual([]);
	});

	it("has nothing of ours to tell of or to take out", async () => {
		const { status, stdout } = await inPod("shunt status");
		expect(stdout).toContain("no rules of ours");
		expect(status).toBe(0);
		expect((await inPod("shunt clean")).status).toBe(0);
	});
});

describe.each(kernels)("Linux %s without IPv6", (series) => {
	let machine: Machine;

	beforeAll(async () => {
		machine = await bootKernel(series, { parameters: ["ipv6.disable=1"] });
	});

	afterAll(() => machine?.[Symbol.asyncDispose]());

	const init = (args: string) =>
		inMachine(machine, `fresh && pod shunt init ${policy} ${args} && pod shunt status && pod shunt clean`);

	it.each(["auto", "tools"])(
		"says in mode legacy, by transport %s, that IPv6 is off and what to do",
		async (via) => {
			const { status, stderr } = await init(`--iptables-mode legacy --transport ${via}`);
			expect(stderr).toMatch(/(?:ipv6|mode legacy): IPv6 is off in this kernel/);
			expect(stderr).toContain("IPv4 alone works: add --ipv6=false");
			expect(stderr).not.toContain("modprobe");
			expect(status).toBe(69);
		},
	);

	it.each(["nft", "plain", "nftables", "auto", "legacy --ipv6=false"])("serves mode %s", async (mode) => {
		const { status, stderr, stdout } = await init(`--iptables-mode ${mode}`);
		expect(status, stderr).toBe(0);
		expect(stdout).toContain("in sync");
	});

	it("has --probe say the same", async () => {
		const { stdout } = await inMachine(machine, "fresh && pod shunt init --probe");
		const { dialects: found } = JSON.parse(stdout);
		expect(dialects.filter((dialect) => found[dialect].ok)).toEqual(["nft", "plain", "nftables"]);
		expect(found.legacy.message).toContain("IPv6 is off in this kernel");
		const alone = await inMachine(machine, "fresh && pod shunt init --probe --ipv6=false");
		expect(JSON.parse(alone.stdout).mode.served).toBe(true);
	});
});
