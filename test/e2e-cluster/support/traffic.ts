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

/** From inside a pod's container, each time over a connection of its own. */
export async function ask({ namespace, name }: PodName, url: string, times = 1): Promise<Answer[]> {
	const command = nodeCommand("ask", url, String(times));
	return JSON.parse(await kubectl("exec", "-n", namespace, name, "-c", "app", "--", ...command));
}

export interface Connections {
	readonly inbound: number;
	readonly outbound: number;
}

/** How many connections a pod's proxy has taken in each direction, by its own metrics; undefined where it has none. */
export async function connections(
	{ namespace, name }: PodName,
	adminPort = 4191,
): Promise<Connections | undefined> {
	const { spec } = await get<{
		spec: { initContainers?: { name: string }[]; containers: { name: string }[] };
	}>(...["pod", name, "-n", namespace]);
	const containers = [...(spec.initContainers ?? []), ...spec.containers];
	if (!containers.some((container) => container.name === "shunt-proxy")) {
		return undefined;
	}
	const path = `/api/v1/namespaces/${namespace}/pods/${name}:${adminPort}/proxy/metrics`;
	const metrics = await kubectl("get", "--raw", path);
	const of = (direction: string) => {
		const line = new RegExp(`^shunt_proxy_connections_total\\{direction="${direction}"\\} (\\d+)$`, "m").exec(
			metrics,
		);
		if (line === null) {
			throw new Error(`${name} has no number of ${direction} connections:\n${metrics.slice(0, 1_000)}`);
		}
		return Number(line[1]);
	};
	return { inbound: of("inbound"), outbound: of("outbound") };
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

/** Asks, and sees by the proxies' counters which way the connections went. */
export async function trace({ client, server, url, times, adminPorts = {} }: Ask): Promise<Path> {
	const look = async () => ({
		client: await connections(client, adminPorts.client),
		server: await connections(server, adminPorts.server),
	});
	const before = await look();
	const answers = await ask(client, url, times);
	const after = await look();
	return {
		outbound: difference(before.client?.outbound, after.client?.outbound),
		inbound: difference(before.server?.inbound, after.server?.inbound),
		answers,
	};
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
	return before === undefined || after === undefined ? undefined : after - before;
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
