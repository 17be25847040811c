import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readProbeLog } from "../../src/cli/check/probe-nodes.ts";
import { modes } from "../../src/domain/mode.ts";
import type { Container } from "../support/cri/container-config.ts";
import { initContainer } from "../support/cri/containers.ts";
import type { Machine } from "../support/cri/machine.ts";
import { withPod } from "../support/cri/pod.ts";
import { startShuntMachine } from "../support/cri/shunt-machine.ts";

let machine: Machine;

beforeAll(async () => {
	machine = await startShuntMachine("shunt-init");
});

afterAll(async () => {
	await machine?.remove();
});

/** What `shunt check --probe-nodes` would learn from a pod of the real image, and how its container ended. */
function probe(mode: string, different: Partial<Container> = {}, ...more: readonly string[]) {
	return withPod(machine, "probe", async (pod) => {
		const args = ["--probe", "--iptables-mode", mode, ...more];
		const container = initContainer(args, pod.emptyDir("/run"));
		const { exitCode, log } = await pod.run({ ...container, ...different });
		return { exitCode, ...readProbeLog(log.join("\n")) };
	});
}

describe("a probe in a pod", () => {
	it.each(modes)("says that mode %s is served, and which others are", async (mode) => {
		const { exitCode, served, report } = await probe(mode);
		expect(report).toMatchObject({ working: ["legacy", "nft", "plain", "nftables"], failures: {} });
		expect({ exitCode, served }).toEqual({ exitCode: 0, served: true });
	});

	it("does not say that legacy is served where its lock cannot be had", async () => {
		const { report } = await probe("legacy", { mounts: [] });
		expect(report?.working).toEqual(["nft", "plain", "nftables"]);
		expect(report?.failures["legacy"]).toContain("can't open lock file /run/xtables.lock");
	});

	it("is not permitted without capabilities", async () => {
		expect(await probe("nft", { capabilities: [] })).toMatchObject({
			exitCode: 77,
			served: false,
			report: { working: [] },
		});
	});

	it("says that the legacy tools alone want a raw socket", async () => {
		const capabilities = ["NET_ADMIN"];
		expect((await probe("legacy", { capabilities })).report?.working).toContain("legacy");
		const { exitCode, report } = await probe("nftables", { capabilities }, "--transport", "tools");
		expect(exitCode).toBe(0);
		expect(report?.working).toEqual(["nft", "plain", "nftables"]);
		expect(report?.failures["legacy"]).toMatch(/\S/);
	});
});
