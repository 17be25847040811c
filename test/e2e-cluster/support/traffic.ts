import { get, kubectl } from "./cluster.ts";
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
	const path = `/api/v1/namespaces/${namespace}/pods/${name}:${adminPort}/proxy/metrics`;
	const metrics = await kubectl("get", "--raw", path);
	const line = /^shunt_proxy_connections_total\{direction="inbound"\} (\d+)$/m.exec(metrics);
	if (line === null) {
		throw new Error(`${name} has no number of inbound connections:\n${metrics.slice(0, 1_000)}`);
	}
	return Number(line[1]);
}

/** The containers of a pod, init containers first. */
export async function containerNames({ namespace, name }: PodName): Promise<string[]> {
	const each = "{range .spec.initContainers[*]}{.name} {end}{range .spec.containers[*]}{.name} {end}";
	return (await kubectl("get", "pod", name, "-n", namespace, "-o", `jsonpath=${each}`)).trim().split(" ");
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
	const command = nodeCommand("ask", url, String(times), String(adminPorts.client ?? 4191));
	const before = await inboundConnections(server, adminPorts.server);
	const printed = await kubectl("exec", "-n", client.namespace, client.name, "-c", "app", "--", ...command);
	const after = await inboundConnections(server, adminPorts.server);
	const { answers, outbound }: Path = JSON.parse(printed);
	return {
		answers,
		outbound,
		inbound: before === undefined || after === undefined ? undefined : after - before,
	};
}

/** An address in a URL. */
export function urlOf(address: string, port = 8080): string {
	return `http://${address.includes(":") ? `[${address}]` : address}:${port}/`;
}

export async function addressesOf({ namespace, name }: PodName): Promise<string[]> {
	const { status } = await get<{ status: { podIPs?: { ip: string }[] } }>("pod", name, "-n", namespace);
	return (status.podIPs ?? []).map(({ ip }) => ip);
}

export async function ready(namespace: string, ...names: readonly string[]): Promise<void> {
	const pods = names.map((name) => `pod/${name}`);
	await kubectl("wait", "--for=condition=Ready", "--timeout=120s", "-n", namespace, ...pods);
}
