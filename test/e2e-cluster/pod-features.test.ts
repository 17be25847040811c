import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, get, kubectl } from "./support/cluster.ts";
import { install, removeNamespaces, uninstall, upgrade } from "./support/release.ts";
import { addressesOf, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-pod-features";

beforeAll(async () => {
	await install("disableIPv6=false");
	await apply(namespace(place, inject(true)));
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
});

/** Two pods of the same kind, which talk to one another through their proxies. */
async function expectMeshedPair(name: string, spec: object): Promise<void> {
	const [client, server] = [`${name}-client`, `${name}-server`].map((one) => ({
		namespace: place,
		name: one,
	}));
	await apply(pod({ ...client!, annotations: {} }, spec), pod({ ...server!, annotations: {} }, spec));
	await ready(place, client!.name, server!.name);
	for (const address of await addressesOf(server!)) {
		const path = await trace({ client: client!, server: server!, url: urlOf(address), times: 3 });
		expect(path, address).toMatchObject({
			outbound: 3,
			inbound: 3,
			answers: Array(3).fill({ pod: server!.name }),
		});
	}
}

interface Nodes {
	readonly items: readonly {
		readonly status: {
			readonly runtimeHandlers?: readonly { readonly features?: { readonly userNamespaces?: boolean } }[];
		};
	}[];
}

async function haveUserNamespaces(): Promise<boolean> {
	const { items } = await get<Nodes>("nodes");
	return items.every(
		({ status }) => status.runtimeHandlers?.some(({ features }) => features?.userNamespaces) === true,
	);
}

describe("pods with", () => {
	it.for(["legacy", "nft", "nftables"])(
		"a user namespace (hostUsers: false), in mode %s: root in it is nobody outside, and rules are made all the same",
		async (mode, context) => {
			context.skip(!(await haveUserNamespaces()), "the nodes' runtime has no user namespaces");
			await upgrade(`proxyInit.iptablesMode=${mode}`);
			await expectMeshedPair(`users-${mode}`, { ...serverSpec(), hostUsers: false });
			const print = "process.stdout.write(require('fs').readFileSync('/proc/self/uid_map'))";
			const exec = ["exec", "-n", place, `users-${mode}-client`, "-c", "app", "--"];
			const [inside, outside] = (await kubectl(...exec, "/usr/bin/node", "-e", print)).trim().split(/\s+/);
			expect(inside).toBe("0");
			expect(Number(outside)).toBeGreaterThanOrEqual(65_536);
		},
	);

	it("resources of their own (spec.resources): our containers fit into them", async () => {
		const resources = { requests: { cpu: "50m", memory: "96Mi" }, limits: { cpu: "1", memory: "256Mi" } };
		await expectMeshedPair("bounded", { ...serverSpec(), resources });
		interface Bounded {
			readonly spec: { readonly resources: object };
			readonly status: { readonly qosClass: string };
		}
		const { spec, status } = await get<Bounded>("pod", "bounded-client", "-n", place);
		expect(spec.resources).toEqual(resources);
		expect(status.qosClass).toBe("Burstable");
	});
});
