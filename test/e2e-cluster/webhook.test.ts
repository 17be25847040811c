import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, becomes, kubectl, run } from "./support/cluster.ts";
import {
	check,
	injectorPods,
	install,
	removeNamespaces,
	settled,
	uninstall,
	upgrade,
} from "./support/release.ts";
import { containerNames, ready } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-webhook";

beforeAll(async () => {
	await install();
	await apply(namespace(place, inject(true)));
});

afterAll(async () => {
	await injectors(1);
	await removeNamespaces(place);
	await uninstall();
});

/** Scales the injector, and waits until there are as many and no more. */
async function injectors(count: number): Promise<void> {
	await kubectl("scale", "deployment/shunt-injector", "-n", "shunt", `--replicas=${count}`);
	await settled();
	await becomes(injectorPods, (found) => found === count);
}

function containersOf(name: string): Promise<string[]> {
	return containerNames({ namespace: place, name });
}

function meshedPod(name: string) {
	return pod({ name, namespace: place, annotations: {} }, serverSpec());
}

describe("webhook down", () => {
	it("failurePolicy Ignore: a pod is made without a proxy, and runs", async () => {
		await injectors(0);
		await apply(meshedPod("ignored"));
		await ready(place, "ignored");
		expect(await containersOf("ignored")).toEqual(["app"]);
	});

	it("failurePolicy Ignore: shunt check says that no injector answers, and which pod has no proxy", async () => {
		const { status, checks } = await check("--proxy", "--wait", "0s");
		const of = (id: string) => checks.find((one) => one.id === id);
		expect(of("injector-available")?.result).toBe("failed");
		expect(JSON.stringify(of("proxy-missing"))).toContain(`${place}/ignored`);
		expect(status).toBe(1);
	});

	it("failurePolicy Fail: a pod of the mesh is refused, others are made", async () => {
		await injectors(1);
		await upgrade("injector.webhook.failurePolicy=Fail");
		await injectors(0);
		const refused = await run("kubectl", ["apply", "-f", "-"], JSON.stringify(meshedPod("refused")));
		expect(refused.status).not.toBe(0);
		expect(refused.stderr).toContain("failed calling webhook");
		const elsewhere = { name: "elsewhere", namespace: "kube-system", annotations: {} };
		await apply(pod(elsewhere, serverSpec()));
		await ready("kube-system", "elsewhere");
		await kubectl("delete", "pod", "elsewhere", "-n", "kube-system", "--timeout=60s");
	});

	it("failurePolicy Fail: an injector can come back by itself, and the pod is then injected", async () => {
		await injectors(1);
		await becomes(
			() => run("kubectl", ["apply", "-f", "-"], JSON.stringify(meshedPod("refused"))),
			({ status }) => status === 0,
		);
		await ready(place, "refused");
		expect(await containersOf("refused")).toEqual(["shunt-init", "shunt-proxy", "app"]);
	});
});
