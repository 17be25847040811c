import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { raw } from "../e2e-cluster/support/api.ts";
import { becomes, kubectl, succeed } from "../e2e-cluster/support/cluster.ts";
import { figure } from "../e2e-cluster/support/figures.ts";
import { metricOf } from "../e2e-cluster/support/metrics.ts";
import { injectorMetrics, install, settled, uninstall } from "../e2e-cluster/support/release.ts";
import { inject, namespace, pod, serverSpec } from "../e2e-cluster/support/workloads.ts";

const many = 1_000;
const reviews = 200;
const selector = "app.kubernetes.io/name=shunt,app.kubernetes.io/component=injector";

beforeAll(async () => {
	await install();
	await create(namespace("scale-reviews", inject(true)));
});

// The namespaces go with the cluster: to take a thousand of them away takes its controllers an hour.
afterAll(uninstall);

async function create(...objects: readonly object[]): Promise<void> {
	await succeed(
		"kubectl",
		["create", "-f", "-"],
		JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
	);
}

/** How long the API server waited for our webhook, in all and how often. */
async function waited(): Promise<{ readonly sum: number; readonly count: number }> {
	const metrics = await raw("/metrics");
	const of = (kind: string) =>
		metrics
			.split("\n")
			.filter(
				(line) =>
					line.startsWith(`apiserver_admission_webhook_admission_duration_seconds_${kind}{`) &&
					line.includes('name="injector.shunt.dev"'),
			)
			.reduce((sum, line) => sum + Number(line.replace(/^.* /, "")), 0);
	return { sum: of("sum"), count: of("count") };
}

/** Has so many pods admitted and not made. Answers the mean time that the API server waited for the injector, in ms. */
async function admissionMs(): Promise<number> {
	const pods = Array.from({ length: reviews }, (_, index) =>
		pod({ name: `tried-${index}`, namespace: "scale-reviews", annotations: {} }, serverSpec()),
	);
	const before = await waited();
	const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: pods });
	await succeed("kubectl", ["create", "--dry-run=server", "-o", "name", "-f", "-"], list);
	const after = await waited();
	expect(after.count - before.count).toBeGreaterThanOrEqual(reviews);
	return ((after.sum - before.sum) / (after.count - before.count)) * 1000;
}

async function keep(when: string): Promise<void> {
	await admissionMs();
	figure(`admission of a pod, ${when}, ms (mean of ${reviews})`, (await admissionMs()).toFixed(1));
	const memory = metricOf(await injectorMetrics(), "process_resident_memory_bytes") / 2 ** 20;
	figure(`memory of the injector, ${when}, MiB`, memory.toFixed(0));
}

async function knownNamespaces(): Promise<number> {
	const metrics = await injectorMetrics().catch(() => "");
	return metrics.includes("\nshunt_injector_namespaces ")
		? metricOf(metrics, "shunt_injector_namespaces")
		: 0;
}

describe("scale, namespaces", () => {
	it(`the injector knows ${many} more, and admits pods as before`, async () => {
		const before = await knownNamespaces();
		await keep("a handful of namespaces");
		for (let start = 0; start < many; start += 250) {
			const names = Array.from({ length: 250 }, (_, index) => `scale-${start + index}`);
			await create(
				...names.map((name) => namespace(name, inject(true, { "config.shunt.dev/proxy-uid": "3000" }))),
			);
		}
		await becomes(knownNamespaces, (count) => count >= before + many);
		await keep(`${many} namespaces`);
	});

	it("and so it does when it starts among them", async () => {
		await kubectl("delete", "pods", "-n", "shunt", "-l", selector, "--timeout=90s");
		await settled();
		await becomes(knownNamespaces, (count) => count >= many);
		await keep(`${many} namespaces, started among them`);
	});
});
