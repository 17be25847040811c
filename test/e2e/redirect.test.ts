import type { ChildProcess } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import { modes } from "../../src/domain/mode.ts";
import { podNetwork } from "../support/cri/containerd-config.ts";
import { initContainer } from "../support/cri/containers.ts";
import type { Machine } from "../support/cri/machine.ts";
import { type MeshedPod, ports, startMeshedPod } from "../support/cri/meshed-pod.ts";
import { startShuntMachine } from "../support/cri/shunt-machine.ts";
import { startReflector } from "../support/cri/talk.ts";
import { standard } from "../support/standard-policy.ts";

const outside = 9000;
let machine: Machine;
let elsewhere: ChildProcess;

beforeAll(async () => {
	machine = await startShuntMachine("shunt-init", "shunt");
	elsewhere = await startReflector(machine.netns, outside);
});

afterAll(async () => {
	elsewhere?.kill();
	await machine?.remove();
});

describe.each(modes)("a pod in mode %s", (mode) => {
	let pod: MeshedPod;

	beforeAll(async () => {
		pod = await startMeshedPod(machine, mode);
	});

	afterAll(async () => {
		await pod?.remove();
	});

	it("has an init container that ends well and tells what it did, rule by rule", () => {
		const log = pod.init.log.join("\n");
		expect(pod.init.exitCode, log).toBe(0);
		expect(log).toContain("rules applied in one transaction");
		for (const reason of ["redirect-all-incoming-to-proxy-port", "redirect-all-outgoing-to-proxy-port"]) {
			expect(log).toContain(`proxy-init/${reason}`);
		}
	});

	it("is redirected: without a proxy nobody gets through to the application", () => {
		expect(pod.beforeProxy).toBe("ECONNREFUSED");
	});

	it("can run its init container again, and nothing changes", async () => {
		const args = [...standard.args, "--iptables-mode", mode];
		const { exitCode, log } = await pod.run(initContainer(args, pod.emptyDir("/run")));
		expect(exitCode).toBe(0);
		expect(log.join("\n")).toContain("rules already in place, nothing changed");
	});

	describe.each(families)("over %s", (family) => {
		it("takes what comes in through the proxy", () => {
			const before = pod.proxied();
			const clientSeen = pod.ask(family, ports.served);
			expect(clientSeen).toBe(pod.addresses[family]);
			expect(pod.proxied()).toEqual({ ...before, inbound: before.inbound + 1 });
		});

		it("leaves a port alone that it is told to ignore", () => {
			const before = pod.proxied();
			const clientSeen = pod.ask(family, ports.ignored);
			expect(clientSeen).toBe(podNetwork.gateway[family]);
			expect(pod.proxied()).toEqual(before);
		});

		it("takes what goes out through the proxy, and only once", async () => {
			const before = pod.proxied();
			expect(await pod.askFromInside(podNetwork.gateway[family], outside)).toBe(pod.addresses[family]);
			expect(pod.proxied()).toEqual({ ...before, outbound: before.outbound + 1 });
		});
	});
});

describe("two pods in different modes", () => {
	let client: MeshedPod;
	let server: MeshedPod;

	beforeAll(async () => {
		client = await startMeshedPod(machine, "legacy");
		server = await startMeshedPod(machine, "nftables");
	});

	afterAll(async () => {
		await client?.remove();
		await server?.remove();
	});

	it.each(families)("reach each other through both proxies over %s", async (family) => {
		const before = { client: client.proxied(), server: server.proxied() };
		const seen = await client.askFromInside(server.addresses[family], ports.served);
		expect(seen).toBe(server.addresses[family]);
		expect(client.proxied()).toEqual({ ...before.client, outbound: before.client.outbound + 1 });
		expect(server.proxied()).toEqual({ ...before.server, inbound: before.server.inbound + 1 });
	});
});
