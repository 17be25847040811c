import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodes } from "../../src/domain/exit-code.ts";
import { families } from "../../src/domain/family.ts";
import type { Mode } from "../../src/domain/mode.ts";
import { podNetwork } from "../support/cri/containerd-config.ts";
import { initContainer } from "../support/cri/containers.ts";
import type { Pod } from "../support/cri/pod.ts";
import { type Injection, injectManifest } from "../support/kubelet/injected.ts";
import { InitContainerFailed, type RunningPod, runPod } from "../support/kubelet/kubelet.ts";
import { outsidePorts, startNode } from "../support/kubelet/node.ts";

const manifest = readFileSync(new URL("manifests/application.yml", import.meta.url), "utf8");
const validator = "shunt-network-validator";
const modes: readonly Mode[] = ["legacy", "nft", "nftables"];

let node: Awaited<ReturnType<typeof startNode>>;

beforeAll(async () => {
	node = await startNode();
}, 300_000);

afterAll(() => node?.remove());

/**
 * Makes a pod's rules before any of its containers is started, with the arguments of the init container that the same
 * pod has without a CNI plugin.
 */
function rulesLikeAPlugin(injection: Injection, ...more: readonly string[]): (pod: Pod) => Promise<void> {
	const { pod: injected } = injectManifest(manifest, injection, node.machine.folder);
	const args = injected.spec.initContainers?.find(({ name }) => name === "shunt-init")?.args ?? [];
	return async (pod) => {
		const { exitCode, log } = await pod.run(initContainer([...args, ...more], pod.emptyDir("/run")));
		expect(exitCode, log.join("\n")).toBe(0);
	};
}

function start(injection: Injection, makeRules?: (pod: Pod) => Promise<void>): Promise<RunningPod> {
	const { pod, configMaps } = injectManifest(
		manifest,
		{ ...injection, cniEnabled: true },
		node.machine.folder,
	);
	return runPod(node, pod, configMaps, makeRules);
}

async function failureOf(starting: Promise<RunningPod>): Promise<InitContainerFailed> {
	const met = await starting.catch((error: unknown) => error);
	if (met instanceof InitContainerFailed) {
		return met;
	}
	throw met instanceof Error ? met : new Error("the pod has started");
}

describe.each(modes)("a manifest injected for a CNI plugin, whose rules are made in mode %s", (mode) => {
	const injection: Injection = { mode, proxy: "shunt", nativeSidecar: true };
	let pod: RunningPod;

	beforeAll(async () => {
		pod = await start(injection, rulesLikeAPlugin(injection));
	}, 300_000);

	afterAll(() => pod?.remove());

	it("has a validator that finds the rules working, and no init container that makes them", () => {
		expect(pod.container(validator).log().join("\n")).toMatch(/validated/i);
		expect(() => pod.container("shunt-init")).toThrow("no container");
	});

	it.each(families)("has its traffic carried by the proxy over %s", async (family) => {
		const own = pod.addresses[family];
		expect(await node.actor.ask(own, 8080)).toMatchObject({ isWhole: true, remote: own });
		const ask = ["/usr/bin/node", "/app/ask.js", podNetwork.gateway[family], `${outsidePorts.served}`];
		expect(JSON.parse(await pod.container("application").exec(...ask))).toMatchObject({ remote: own });
	});
});

describe("a manifest injected for a CNI plugin", () => {
	const injection: Injection = { mode: "nft", proxy: "shunt", nativeSidecar: true };

	it("does not get to its other containers where nobody has made rules", async () => {
		const { container, exitCode, terminationMessage } = await failureOf(start(injection));
		expect([container, exitCode]).toEqual([validator, exitCodes.validationFailed]);
		expect(terminationMessage).not.toBe("");
	});

	it("does not get to its other containers where a family has no rules", async () => {
		const makeRules = rulesLikeAPlugin(injection, "--ipv6=false");
		const { container, exitCode, terminationMessage } = await failureOf(start(injection, makeRules));
		expect([container, exitCode]).toEqual([validator, exitCodes.validationFailed]);
		expect(terminationMessage).toMatch(/ipv6/i);
	});
});
