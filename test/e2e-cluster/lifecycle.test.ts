import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tryToCreate } from "./support/api.ts";
import { apply, becomes, get, kubectl, succeed } from "./support/cluster.ts";
import { modeOf } from "./support/injected-mode.ts";
import { check, removeNamespaces, sets, settled, upgrade } from "./support/release.ts";
import { ready } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const chart = fileURLToPath(new URL("../../charts/shunt", import.meta.url));
const place = "e2e-lifecycle";
const release = ["shunt", "-n", "shunt"];

beforeAll(async () => {
	await succeed("helm4", [
		"install",
		...release.slice(0, 1),
		chart,
		...release.slice(1),
		"--create-namespace",
		"--wait",
		...sets([]),
	]);
	await apply(namespace(place, inject(true)));
});

afterAll(async () => {
	await removeNamespaces(place);
	await succeed("helm4", ["uninstall", ...release, "--wait"]);
	await kubectl("delete", "namespace", "shunt", "--timeout=60s");
});

/** The mode of a pod that would be made now; undefined where it would have no proxy. */
async function modeNow(): Promise<string | undefined> {
	return modeOf(JSON.parse(await tryToCreate(tried)).spec);
}

const tried = pod({ name: "tried", namespace: place, annotations: {} }, serverSpec());

/** The modes of pods that would be made while something happens, one after the other. */
async function modesDuring(happens: () => Promise<unknown>): Promise<Set<string | undefined>> {
	const seen = new Set<string | undefined>();
	let isOver = false;
	const watching = (async () => {
		while (!isOver) {
			seen.add(await modeNow());
			await sleep(50);
		}
	})();
	try {
		await happens();
	} finally {
		isOver = true;
		await watching;
	}
	return seen;
}

async function modesOfNext(count: number): Promise<(string | undefined)[]> {
	const modes: (string | undefined)[] = [];
	while (modes.length < count) {
		modes.push(await modeNow());
	}
	return modes;
}

function helmUpgrade(...values: readonly string[]): Promise<string> {
	return succeed("helm4", ["upgrade", "shunt", chart, "-n", "shunt", "--wait", ...sets(values)]);
}

function certificate(): Promise<string> {
	return kubectl("get", "secret", "shunt-injector-tls", "-n", "shunt", "-o", "jsonpath={.data.tls\\.crt}");
}

describe("lifecycle", () => {
	it("helm upgrade to nftables, and helm rollback to what was before", async () => {
		expect(await modesOfNext(1)).toEqual(["legacy"]);
		const before = await certificate();
		await helmUpgrade("proxyInit.iptablesMode=nftables");
		expect(await modesOfNext(10)).toEqual(Array(10).fill("nftables"));
		await succeed("helm4", ["rollback", ...release, "1", "--wait"]);
		expect(await modesOfNext(10)).toEqual(Array(10).fill("legacy"));
		expect(await certificate()).toBe(before);
	});

	it.each(["nft", "nftables", "auto", "legacy"])(
		"to %s: once the rollout is over every new pod has it, and none was without a proxy meanwhile",
		async (mode) => {
			const before = await modeNow();
			const during = await modesDuring(() => upgrade(`proxyInit.iptablesMode=${mode}`));
			expect([before, mode]).toEqual(expect.arrayContaining([...during]));
			expect(await modesOfNext(15)).toEqual(Array(15).fill(mode));
		},
	);

	it("what restarts no injector is every new pod's within seconds, whenever the kubelet writes it", async () => {
		const ports = () => tryToCreate(tried);
		const config = await get<{ data: Record<string, string> }>("configmap", "shunt-config", "-n", "shunt");
		const changed = (config.data["config.yaml"] ?? "").replace("4567,4568", "4567,4569");
		expect(changed).not.toBe(config.data["config.yaml"]);
		const patch = { data: { "config.yaml": changed } };
		await kubectl(
			"patch",
			"configmap",
			"shunt-config",
			"-n",
			"shunt",
			"--type=merge",
			"-p",
			JSON.stringify(patch),
		);
		await becomes(ports, (made) => made.includes("4567,4569"), 5);
		await upgrade();
		expect(await ports()).toContain("4567,4568");
	});

	it("shunt upgrade --rotate-certs: another certificate, and no pod is without a proxy until injectors have it, or after", async () => {
		const before = await certificate();
		const log = () => kubectl("logs", "-n", "shunt", "deployment/shunt-injector", "-c", "injector");
		const during = await modesDuring(async () => {
			await succeed("kubectl", ["apply", "-f", "-"], await succeed("shunt", ["upgrade", "--rotate-certs"]));
			await settled();
			expect(await certificate()).not.toBe(before);
			await becomes(log, (text) => /"what":"certificate"/.test(text), 180);
		});
		expect([...during]).toEqual(["legacy"]);
		const { checks } = await check("--wait", "120s");
		expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
		// Whom nobody needs any more is trusted no longer.
		await upgrade();
		expect(await modesOfNext(5)).toEqual(Array(5).fill("legacy"));
		await apply(pod({ name: "rotated", namespace: place, annotations: {} }, serverSpec()));
		await ready(place, "rotated");
	});
});
