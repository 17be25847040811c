import { raw, request } from "./api.ts";
import { becomes, get, kubectl } from "./cluster.ts";
import { metricOf } from "./metrics.ts";
import { nodeCommand } from "./workloads.ts";

export interface PodName {
	readonly namespace: string;
	readonly name: string;
}

export interface Answer {
	/** Who answered: a pod's name. */
	readonly pod?: string;
	/** From which address it saw the connection come. */
	readonly from?: string;
	readonly error?: string;
}

/** Containers with a proxy of ours, the second where it stands in for Linkerd's. */
const proxies = ["shunt-proxy", "linkerd-proxy"];

/** How many connections a pod's proxy has taken inbound, by its own metrics; undefined where the pod has none. */
export async function inboundConnections(
	{ namespace, name }: PodName,
	adminPort = 4191,
): Promise<number | undefined> {
	const names = await containerNames({ namespace, name });
	if (!names.some((container) => proxies.includes(container))) {
		return undefined;
	}
	const metrics = await proxyMetrics({ namespace, name }, adminPort);
	return metricOf(metrics, 'shunt_proxy_connections_total{direction="inbound"}');
}

/** What a pod's proxy says to Prometheus. */
export function proxyMetrics({ namespace, name }: PodName, adminPort = 4191): Promise<string> {
	return raw(`/api/v1/namespaces/${namespace}/pods/${name}:${adminPort}/proxy/metrics`);
}

/** The containers of a pod, init containers first. */
export async function containerNames({ namespace, name }: PodName): Promise<string[]> {
	interface Pod {
		readonly spec: Readonly<Partial<Record<"initContainers" | "containers", readonly { name: string }[]>>>;
	}
	const { spec } = await get<Pod>("pod", name, "-n", namespace);
	return [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map((container) => container.name);
}

export interface Path {
	/** What the client's proxy took outbound, and the server's inbound; undefined where there is no proxy. */
	readonly outbound: number | undefined;
	readonly inbound: number | undefined;
	readonly answers: readonly Answer[];
}

interface Ask {
	readonly client: PodName;
	readonly server: PodName;
	readonly url: string;
	readonly times: number;
	readonly adminPorts?: { readonly client?: number; readonly server?: number };
}

/** Asks from inside the client's pod, and sees by both proxies' counters which way the connections went. */
export async function trace({ client, server, url, times, adminPorts = {} }: Ask): Promise<Path> {
	const question = { url, times: String(times), adminPort: String(adminPorts.client ?? 4191) };
	const before = await inboundConnections(server, adminPorts.server);
	const { answers, outbound }: Path = JSON.parse(await askFrom(client, question));
	const after = await inboundConnections(server, adminPorts.server);
	return {
		answers,
		outbound,
		inbound: before === undefined || after === undefined ? undefined : after - before,
	};
}

/** A pod that serves is told on a port of its own; in others a program of its own asks. */
async function askFrom(
	client: PodName,
	question: { readonly url: string; readonly times: string; readonly adminPort: string },
): Promise<string> {
	const { namespace, name } = client;
	const path = askedOn(client, await get<PodSpec>("pod", name, "-n", namespace));
	if (path !== undefined) {
		return raw(`${path}?${new URLSearchParams(question)}`);
	}
	const command = nodeCommand("ask", question.url, question.times, question.adminPort);
	return kubectl("exec", "-n", namespace, name, "-c", "app", "--", ...command);
}

interface PodSpec {
	readonly spec: { readonly containers: readonly { env?: readonly { name: string; value?: string }[] }[] };
}

/** Where the API server reaches the port on which a pod takes questions. */
function askedOn({ namespace, name }: PodName, { spec }: PodSpec): string | undefined {
	const port = spec.containers.flatMap(({ env = [] }) => env).find((one) => one.name === "ASKED_ON")?.value;
	return port && `/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy/`;
}

/** An address in a URL. */
export function urlOf(address: string, port = 8080): string {
	return `http://${address.includes(":") ? `[${address}]` : address}:${port}/`;
}

export async function addressesOf({ namespace, name }: PodName): Promise<string[]> {
	const { status } = await get<{ status: { podIPs?: { ip: string }[] } }>("pod", name, "-n", namespace);
	return (status.podIPs ?? []).map(({ ip }) => ip);
}

interface Pods {
	readonly items: readonly (PodSpec & {
		readonly metadata: { readonly name: string };
		readonly status: {
			readonly conditions?: readonly { type: string; status: string; message?: string }[];
		};
	})[];
}

/** Until pods are ready, and those that serve do: few have a probe for that, since probes are connections, too. */
export async function ready(namespace: string, ...names: readonly string[]): Promise<void> {
	let seen: Pods["items"] = [];
	const conditions = async () => {
		const { items } = await get<Pods>("pods", "-n", namespace);
		seen = items.filter(({ metadata }) => names.includes(metadata.name));
		return names.map((name) => {
			const pod = seen.find(({ metadata }) => metadata.name === name);
			return [name, pod?.status.conditions?.find(({ type }) => type === "Ready")] as const;
		});
	};
	await becomes(conditions, (all) => all.every(([, condition]) => condition?.status === "True"), 150);
	for (const pod of seen) {
		const path = askedOn({ namespace, name: pod.metadata.name }, pod);
		if (path !== undefined) {
			await becomes(
				() => request(path),
				({ status }) => status === 200,
			);
		}
	}
}
