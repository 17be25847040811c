import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, becomes, kubectl, run, succeed } from "./support/cluster.ts";
import { injectedModes } from "./support/injected-mode.ts";
import { check, removeNamespaces, sets, settled } from "./support/release.ts";
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

/** A new pod's, as soon as the injector knows of the change: it reads its configuration when the kubelet writes it. */
async function modeOfNewPod(name: string, wanted: string): Promise<void> {
	const again = async () => {
		await kubectl("delete", "pod", name, "-n", place, "--ignore-not-found", "--grace-period=0", "--force");
		await apply(pod({ name, namespace: place, annotations: {} }, serverSpec()));
		return (await injectedModes(place, `app=${name}`))[0]?.mode;
	};
	await becomes(again, (mode) => mode === wanted, 150);
	await ready(place, name);
}

function certificate(): Promise<string> {
	return kubectl("get", "secret", "shunt-injector-tls", "-n", "shunt", "-o", "jsonpath={.data.tls\\.crt}");
}

describe("lifecycle", () => {
	it("helm upgrade to nftables, and helm rollback to what was before", async () => {
		await modeOfNewPod("first", "legacy");
		const before = await certificate();
		await succeed("helm4", [
			"upgrade",
			"shunt",
			chart,
			"-n",
			"shunt",
			"--wait",
			...sets(["proxyInit.iptablesMode=nftables"]),
		]);
		await modeOfNewPod("upgraded", "nftables");
		await succeed("helm4", ["rollback", ...release, "1", "--wait"]);
		await modeOfNewPod("back", "legacy");
		expect(await certificate()).toBe(before);
	});

	it("shunt upgrade --rotate-certs: another certificate, and pods are injected on", async () => {
		const before = await certificate();
		await succeed("kubectl", ["apply", "-f", "-"], await succeed("shunt", ["upgrade", "--rotate-certs"]));
		await settled();
		expect(await certificate()).not.toBe(before);
		const { checks } = await check("--wait", "120s");
		expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
		await apply(pod({ name: "rotated", namespace: place, annotations: {} }, serverSpec()));
		await ready(place, "rotated");
		expect(await injectedModes(place, "app=rotated")).toEqual([{ name: "rotated", mode: "legacy" }]);
	});

	it("Pod Security restricted refuses an injected pod, and says that it is the init container's capabilities", async () => {
		const strict = `${place}-restricted`;
		const level = { "pod-security.kubernetes.io/enforce": "restricted" };
		const { metadata, ...rest } = namespace(strict, inject(true));
		await apply({ ...rest, metadata: { ...metadata, labels: level } });
		const meshed = pod({ name: "meshed", namespace: strict, annotations: {} }, serverSpec());
		const refused = await run("kubectl", ["apply", "-f", "-"], JSON.stringify(meshed));
		expect(refused.status).not.toBe(0);
		expect(refused.stderr).toMatch(/violates PodSecurity "restricted:latest".*"shunt-init".*NET_ADMIN/);
		await apply(pod({ name: "plain", namespace: strict, annotations: inject(false) }, serverSpec()));
		await ready(strict, "plain");
		await removeNamespaces(strict);
	});
});
