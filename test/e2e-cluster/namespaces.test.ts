import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, becomes, get, type KubeObject, kubectl, run } from "./support/cluster.ts";
import { check, install, removeNamespaces, uninstall, upgrade } from "./support/release.ts";
import { addressesOf, containerNames, ready, trace, urlOf } from "./support/traffic.ts";
import { type Annotations, inject, namespace, pod, serverSpec, workload } from "./support/workloads.ts";

const prefix = "config.shunt.dev/";
const places = ["quota", "range", "baseline", "restricted", "policy"].map((name) => `e2e-rules-${name}`);

beforeAll(() => install("disableIPv6=false"));

afterAll(async () => {
	await removeNamespaces(...places);
	await uninstall();
});

function labelled(
	name: string,
	labels: Readonly<Record<string, string>>,
	annotations: Annotations,
): KubeObject {
	const { metadata, ...rest } = namespace(name, annotations);
	return { ...rest, metadata: { ...metadata, labels } };
}

/** The same with amounts, since a quota on them wants them of every container. */
function boundedSpec(memory = "128Mi") {
	const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory } };
	const { containers, ...rest } = serverSpec();
	return { ...rest, containers: containers.map((container) => ({ ...container, resources })) };
}

async function noteOf(id: string): Promise<{ readonly result: string | undefined; readonly text: string }> {
	const { checks } = await check("--wait", "0s");
	const found = checks.find((one) => one.id === id);
	return { result: found?.result, text: JSON.stringify(found) };
}

/** What its controller was told, pods being none. */
async function refusalOf(deployment: string, place: string): Promise<string> {
	interface Deployments {
		readonly status: { readonly conditions?: readonly { readonly type: string; readonly message: string }[] };
	}
	const { status } = await becomes(
		() => get<Deployments>("deployment", deployment, "-n", place),
		({ status: seen }) => seen.conditions?.some(({ type }) => type === "ReplicaFailure") === true,
	);
	return status.conditions?.find(({ type }) => type === "ReplicaFailure")?.message ?? "";
}

function named(name: string, place: string) {
	return { name, namespace: place, annotations: {} };
}

describe("rules of namespaces", () => {
	it("a quota on limits: the pod is refused, shunt check says beforehand why and what to set, and with that it is made", async () => {
		const place = "e2e-rules-quota";
		await apply(namespace(place, inject(true)), {
			apiVersion: "v1",
			kind: "ResourceQuota",
			metadata: { name: "all", namespace: place },
			spec: { hard: { "limits.cpu": "4", "limits.memory": "4Gi", "requests.memory": "2Gi" } },
		});
		const before = await noteOf("config-quotas");
		expect(before.result).toBe("warning");
		expect(before.text).toContain(`${place}: ResourceQuota all: shunt-proxy has no cpu limit`);
		await apply(workload("Deployment", named("web", place), boundedSpec()));
		expect(await refusalOf("web", place)).toMatch(/failed quota: all: must specify .*shunt-proxy/);
		const amounts = {
			"proxy-cpu-limit": "500m",
			"proxy-memory-limit": "128Mi",
			"proxy-memory-request": "32Mi",
		};
		for (const [setting, amount] of Object.entries(amounts)) {
			await kubectl("annotate", "namespace", place, `${prefix}${setting}=${amount}`);
		}
		expect((await noteOf("config-quotas")).text).not.toContain(place);
		await kubectl("rollout", "restart", "deployment/web", "-n", place);
		await kubectl("rollout", "status", "deployment/web", "-n", place, "--timeout=180s");
	});

	it("a LimitRange: its defaults reach the proxy, and a maximum that refuses it beside an application with amounts of its own is named beforehand", async () => {
		const place = "e2e-rules-range";
		const range = (max: object, defaults: object) => ({
			apiVersion: "v1",
			kind: "LimitRange",
			metadata: { name: "all", namespace: place },
			spec: { limits: [{ type: "Container", max, default: defaults, defaultRequest: defaults }] },
		});
		await apply(namespace(place, inject(true)), range({ memory: "1Gi" }, { memory: "256Mi" }));
		await apply(pod(named("default", place), serverSpec()));
		await ready(place, "default");
		interface Limited {
			readonly spec: {
				readonly initContainers: readonly {
					readonly name: string;
					readonly resources: { limits?: object };
				}[];
			};
		}
		const { spec } = await get<Limited>("pod", "default", "-n", place);
		expect(spec.initContainers.find(({ name }) => name === "shunt-proxy")?.resources.limits).toMatchObject({
			memory: "256Mi",
		});
		await apply(range({ memory: "32Mi" }, { memory: "32Mi" }));
		const { result, text } = await noteOf("config-quotas");
		expect(result).toBe("warning");
		expect(text).toContain(`${place}: LimitRange all: shunt-init's memory limit`);
		const refused = await run(
			"kubectl",
			["apply", "-f", "-"],
			JSON.stringify(pod(named("high", place), boundedSpec("32Mi"))),
		);
		expect(refused.status).not.toBe(0);
		expect(refused.stderr).toMatch(/maximum memory usage per Container is 32Mi/);
	});

	it.each(["baseline", "restricted"])(
		"Pod Security %s refuses an injected pod for its init container's capabilities; shunt check says so beforehand",
		async (level) => {
			const place = `e2e-rules-${level}`;
			await apply(labelled(place, { "pod-security.kubernetes.io/enforce": level }, inject(true)));
			const { result, text } = await noteOf("config-pod-security");
			expect(result).toBe("warning");
			expect(text).toContain(`${place}: ${level}: shunt-init`);
			const meshed = pod(named("meshed", place), serverSpec());
			const refused = await run("kubectl", ["apply", "-f", "-"], JSON.stringify(meshed));
			expect(refused.status).not.toBe(0);
			expect(refused.stderr).toMatch(
				new RegExp(`violates PodSecurity "${level}:latest".*"shunt-init".*NET_ADMIN`),
			);
			await apply(pod({ name: "plain", namespace: place, annotations: inject(false) }, serverSpec()));
			await ready(place, "plain");
		},
	);

	it("NetworkPolicy, where the CNI has it: what it lets through goes through the proxies, and what it does not is refused", async (context) => {
		const place = "e2e-rules-policy";
		await apply(namespace(place, inject(true)), pod(named("server", place), serverSpec()));
		for (const name of ["friend", "stranger"]) {
			await apply(pod(named(name, place), serverSpec()));
		}
		await ready(place, "server", "friend", "stranger");
		await apply({
			apiVersion: "networking.k8s.io/v1",
			kind: "NetworkPolicy",
			metadata: { name: "server", namespace: place },
			spec: {
				podSelector: { matchLabels: { app: "server" } },
				policyTypes: ["Ingress"],
				ingress: [{ from: [{ podSelector: { matchLabels: { app: "friend" } } }] }],
			},
		});
		const server = { namespace: place, name: "server" };
		const [address = ""] = await addressesOf(server);
		const ask = (name: string) =>
			trace({ client: { namespace: place, name }, server, url: urlOf(address), times: 1 });
		// It is enforced a little after it is made; a plugin that has none never does.
		const isEnforced = await becomes(
			() => ask("stranger"),
			({ answers }) => answers[0]?.error !== undefined,
			20,
		).then(
			() => true,
			() => false,
		);
		context.skip(!isEnforced, "the cluster's CNI plugin enforces no NetworkPolicy");
		expect(await ask("friend")).toMatchObject({ outbound: 1, inbound: 1, answers: [{ pod: "server" }] });
	});

	it("the CNI way is taken by Pod Security restricted, and shunt check has nothing against it", async () => {
		const place = "e2e-rules-restricted";
		await upgrade("cniEnabled=true", "networkValidator.enabled=false");
		expect((await noteOf("config-pod-security")).result).toBe("ok");
		await becomes(
			async () => {
				await kubectl(
					"delete",
					"pod",
					"meshed",
					"-n",
					place,
					"--ignore-not-found",
					"--force",
					"--grace-period=0",
				);
				await run("kubectl", ["apply", "-f", "-"], JSON.stringify(pod(named("meshed", place), serverSpec())));
				return containerNames({ namespace: place, name: "meshed" }).catch((): string[] => []);
			},
			(names) => names.includes("shunt-proxy"),
		);
		expect(await containerNames({ namespace: place, name: "meshed" })).toEqual(["shunt-proxy", "app"]);
	});
});
