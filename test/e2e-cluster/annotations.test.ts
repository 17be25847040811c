import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, get, run } from "./support/cluster.ts";
import { install, removeNamespaces, uninstall } from "./support/release.ts";
import { addressesOf, ready, trace, urlOf } from "./support/traffic.ts";
import { type Annotations, inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-annotations";
const inner = `${place}-namespace`;
const ports = [8080, 8081] as const;
const prefix = "config.shunt.dev/";

interface Case {
	readonly annotation: string;
	/** Whose it is. `PEER` stands for the other pod's first address and nothing else. */
	readonly of: "client" | "server";
	readonly value: string;
	/** More of them, for what one alone would not show. */
	readonly more?: Annotations;
	/** Per port, whether a connection there goes through the client's proxy and through the server's. */
	readonly proxied: readonly (readonly [outbound: boolean, inbound: boolean])[];
	readonly user?: number;
	readonly adminPort?: number;
}

const both = [true, true] as const;
const cases: readonly Case[] = [
	{ annotation: "skip-inbound-ports", of: "server", value: "8081", proxied: [both, [true, false]] },
	{ annotation: "redirect-inbound-ports", of: "server", value: "8081", proxied: [[true, false], both] },
	{
		annotation: "skip-subnets",
		of: "server",
		value: "PEER",
		proxied: [
			[true, false],
			[true, false],
		],
	},
	{
		annotation: "skip-inbound-interfaces",
		of: "server",
		value: "eth0",
		proxied: [
			[true, false],
			[true, false],
		],
	},
	{ annotation: "inbound-port", of: "server", value: "5143", proxied: [both, both] },
	{ annotation: "skip-outbound-ports", of: "client", value: "8000-8080", proxied: [[false, true], both] },
	{ annotation: "redirect-outbound-ports", of: "client", value: "8080", proxied: [both, [false, true]] },
	{
		annotation: "skip-outbound-subnets",
		of: "client",
		value: "PEER",
		proxied: [
			[false, true],
			[false, true],
		],
	},
	{
		annotation: "skip-outbound-interfaces",
		of: "client",
		value: "eth0",
		proxied: [
			[false, true],
			[false, true],
		],
	},
	{
		annotation: "skip-uids",
		of: "client",
		value: "1234",
		user: 1234,
		proxied: [
			[false, true],
			[false, true],
		],
	},
	{ annotation: "outbound-port", of: "client", value: "5140", proxied: [both, both] },
	{ annotation: "proxy-uid", of: "client", value: "3000", proxied: [both, both] },
	{ annotation: "admin-port", of: "server", value: "5191", adminPort: 5191, proxied: [both, both] },
	{ annotation: "native-sidecar", of: "server", value: "false", proxied: [both, both] },
];

beforeAll(async () => {
	await install("disableIPv6=false");
	await apply(namespace(place));
	await startPods();
});

afterAll(async () => {
	await removeNamespaces(place, inner);
	await uninstall();
});

function podsOf({ annotation, of }: Case) {
	const client = { namespace: place, name: `${annotation}-client` };
	const server = { namespace: place, name: `${annotation}-server` };
	return { client, server, peer: of === "client" ? server : client, own: of === "client" ? client : server };
}

/** All at once, since most of a pod's start is waiting. */
async function startPods(): Promise<void> {
	const peers = cases.map((one) => podsOf(one).peer);
	await apply(...peers.map((peer) => pod({ ...peer, annotations: inject(true) }, serverSpec({ ports }))));
	const named = cases.filter(({ value }) => value === "PEER").map((one) => podsOf(one).peer.name);
	await ready(place, ...named);
	const own = cases.map(async (one) => {
		const annotations = inject(true, { [prefix + one.annotation]: await annotationOf(one) });
		return pod({ ...podsOf(one).own, annotations }, serverSpec({ ports, user: one.user ?? 1000 }));
	});
	await apply(...(await Promise.all(own)));
}

async function annotationOf(one: Case): Promise<string> {
	if (one.value !== "PEER") {
		return one.value;
	}
	const [address = ""] = await addressesOf(podsOf(one).peer);
	return `${address}/${address.includes(":") ? 128 : 32}`;
}

describe("annotations", () => {
	it.each(cases.map((one) => [one.annotation, one.value, one.of, one] as const))(
		"%s: %s, of the %s",
		async (_annotation, _value, _of, one) => {
			const { client, server } = podsOf(one);
			await ready(place, client.name, server.name);
			const [serverAddress = ""] = await addressesOf(server);
			const adminPorts = one.adminPort === undefined ? {} : { [one.of]: one.adminPort };
			for (const [index, port] of ports.entries()) {
				const path = await trace({ client, server, url: urlOf(serverAddress, port), times: 2, adminPorts });
				const [outbound, inbound] = one.proxied[index]!;
				expect(path, `port ${port}`).toMatchObject({
					answers: Array(2).fill({ pod: server.name, port }),
					outbound: outbound ? 2 : 0,
					inbound: inbound ? 2 : 0,
				});
			}
		},
	);

	it("proxy-memory-limit and the other quantities are the proxy's in the pod that runs", async () => {
		const annotations = inject(true, {
			[`${prefix}proxy-cpu-request`]: "10m",
			[`${prefix}proxy-cpu-limit`]: "500m",
			[`${prefix}proxy-memory-request`]: "64Mi",
			[`${prefix}proxy-memory-limit`]: "256Mi",
		});
		await apply(pod({ name: "limited", namespace: place, annotations }, serverSpec()));
		await ready(place, "limited");
		interface Limited {
			readonly spec: {
				readonly initContainers: readonly { readonly name: string; readonly resources: object }[];
			};
		}
		const { spec } = await get<Limited>("pod", "limited", "-n", place);
		expect(spec.initContainers.find(({ name }) => name === "shunt-proxy")?.resources).toEqual({
			requests: { cpu: "10m", memory: "64Mi" },
			limits: { cpu: "500m", memory: "256Mi" },
		});
	});

	it("a namespace's word is its pods', and a pod's own counts more", async () => {
		await apply(namespace(inner, inject(true, { [`${prefix}skip-inbound-ports`]: "8081" })));
		const inherits = { namespace: inner, name: "inherits" };
		const own = { namespace: inner, name: "own" };
		await apply(
			pod({ ...inherits, annotations: {} }, serverSpec({ ports })),
			pod({ ...own, annotations: { [`${prefix}skip-inbound-ports`]: "8080" } }, serverSpec({ ports })),
		);
		await ready(inner, inherits.name, own.name);
		for (const [client, server, inbound] of [
			[own, inherits, 0],
			[inherits, own, 1],
		] as const) {
			const [address = ""] = await addressesOf(server);
			const path = await trace({ client, server, url: urlOf(address, 8081), times: 1 });
			expect(path, server.name).toMatchObject({ inbound, answers: [{ pod: server.name, port: 8081 }] });
		}
	});

	it("a wrong one is refused when the pod is made, and its author is told why", async () => {
		const wrong = pod(
			{
				name: "wrong",
				namespace: place,
				annotations: inject(true, { [`${prefix}skip-outbound-ports`]: "80-20" }),
			},
			serverSpec(),
		);
		const { status, stderr } = await run("kubectl", ["apply", "-f", "-"], JSON.stringify(wrong));
		expect(status).not.toBe(0);
		expect(stderr).toMatch(/denied the request: .*config\.shunt\.dev\/skip-outbound-ports.*"80-20"/);
	});
});
