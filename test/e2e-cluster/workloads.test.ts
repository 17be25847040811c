import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, becomes, get, type KubeObject, kubectl } from "./support/cluster.ts";
import { install, removeNamespaces, uninstall } from "./support/release.ts";
import { type Path, type PodName, ready, trace } from "./support/traffic.ts";
import { inject, namespace, pod, programSpec, serverSpec, service, workload } from "./support/workloads.ts";

const place = "e2e-workloads";
const client: PodName = { namespace: place, name: "client" };

interface PodObject {
	readonly metadata: { readonly name: string };
	readonly spec: {
		readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
	};
	readonly status: {
		readonly initContainerStatuses?: readonly {
			readonly name: string;
			readonly state: { readonly terminated?: { readonly exitCode: number } };
		}[];
	};
}

beforeAll(async () => {
	await install("disableIPv6=false");
	await apply(namespace(place, inject(true)), pod({ ...client, annotations: {} }, serverSpec()));
	await ready(place, "client");
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
});

function named(name: string) {
	return { name, namespace: place, annotations: {} };
}

async function podsOf(selector: string): Promise<readonly PodObject[]> {
	return (await get<{ items: PodObject[] }>("pods", "-n", place, "-l", selector)).items;
}

/** The init container has made the rules, and the proxy is an init container that keeps running. */
function expectInjected({ spec, metadata }: PodObject): void {
	expect(
		spec.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy]),
		metadata.name,
	).toEqual([
		["shunt-init", undefined],
		["shunt-proxy", "Always"],
	]);
}

const kinds: readonly (readonly [kind: string, pods: number, objects: readonly KubeObject[], url: string])[] =
	[
		["a bare pod", 1, [pod(named("bare"), serverSpec()), service("bare", place)], "http://bare:8080/"],
		[
			"a Deployment",
			2,
			[workload("Deployment", named("deployed"), serverSpec(), { replicas: 2 }), service("deployed", place)],
			"http://deployed:8080/",
		],
		[
			"a StatefulSet",
			2,
			[
				workload("StatefulSet", named("stateful"), serverSpec(), { replicas: 2, serviceName: "stateful" }),
				service("stateful", place, { headless: true }),
			],
			"http://stateful-1.stateful:8080/",
		],
		[
			"a DaemonSet",
			1,
			[workload("DaemonSet", named("daemon"), serverSpec()), service("daemon", place)],
			"http://daemon:8080/",
		],
	];

describe("workloads", () => {
	it.each(kinds)("%s is injected and serves through its proxy", async (_, count, objects, url) => {
		const { name } = objects[0]!.metadata;
		await apply(...objects);
		const pods = await becomes(
			() => podsOf(`app=${name}`),
			(found) => found.length === count,
		);
		await ready(place, ...pods.map(({ metadata }) => metadata.name));
		pods.forEach(expectInjected);
		let inbound = 0;
		for (const { metadata } of pods) {
			// Whichever of the pods the Service gives a connection to: each is watched for as many.
			const path = await trace({ client, server: { namespace: place, name: metadata.name }, url, times: 6 });
			expect(path.outbound).toBe(6);
			expect(path.answers.map(({ error }) => error)).toEqual(Array(6).fill(undefined));
			const answered = path.answers.filter(({ pod: answering }) => answering === metadata.name).length;
			expect(path.inbound).toBe(answered);
			inbound += answered;
		}
		expect(inbound).toBeGreaterThan(0);
	});

	it("a Job asks through its proxy, and is complete although its proxy would go on", async () => {
		const spec = programSpec("ask", ["http://deployed:8080/", "3", "4191"]);
		const template = { metadata: { labels: { app: "job" } }, spec: { ...spec, restartPolicy: "Never" } };
		await apply({
			apiVersion: "batch/v1",
			kind: "Job",
			metadata: { name: "job", namespace: place },
			spec: { backoffLimit: 0, template },
		});
		await kubectl("wait", "--for=condition=Complete", "job/job", "-n", place, "--timeout=120s");
		await expectAsked("app=job");
	});

	it("a CronJob's pods too, as the clock starts them", async () => {
		const spec = programSpec("ask", ["http://deployed:8080/", "3", "4191"]);
		const template = { metadata: { labels: { app: "cron" } }, spec: { ...spec, restartPolicy: "Never" } };
		await apply({
			apiVersion: "batch/v1",
			kind: "CronJob",
			metadata: { name: "cron", namespace: place },
			spec: { schedule: "* * * * *", jobTemplate: { spec: { backoffLimit: 0, template } } },
		});
		interface Jobs {
			readonly items: readonly {
				readonly metadata: { readonly name: string };
				readonly status: { succeeded?: number };
			}[];
		}
		await becomes(
			() => get<Jobs>("jobs", "-n", place),
			({ items }) =>
				items.some(({ metadata, status }) => metadata.name.startsWith("cron-") && status.succeeded === 1),
			120,
		);
		await kubectl("delete", "cronjob", "cron", "-n", place, "--cascade=orphan");
		await expectAsked("app=cron");
	});
});

/** The pod has ended, its proxy by request; and each of its questions was answered by way of it. */
async function expectAsked(selector: string): Promise<void> {
	const [first] = await podsOf(selector);
	expectInjected(first!);
	const ends = first!.status.initContainerStatuses?.map(({ name, state }) => [
		name,
		state.terminated?.exitCode,
	]);
	expect(ends).toEqual([
		["shunt-init", 0],
		["shunt-proxy", 0],
	]);
	const log = (container: string) => kubectl("logs", "-n", place, first!.metadata.name, "-c", container);
	const { answers, outbound }: Path = JSON.parse(await log("app"));
	expect(answers.map(({ pod: answering }) => answering?.startsWith("deployed-"))).toEqual([true, true, true]);
	expect(outbound).toBe(3);
}
