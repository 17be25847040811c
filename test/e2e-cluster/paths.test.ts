import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, families, get, kubectl } from "./support/cluster.ts";
import { injectedModes } from "./support/injected-mode.ts";
import { check, install, removeNamespaces, uninstall, upgrade } from "./support/release.ts";
import { addressesOf, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec, service } from "./support/workloads.ts";

const place = "e2e-paths";
const modes = ["legacy", "nft", "nftables", "auto"] as const;
const clusterFamilies = await families();

const names = ["meshed-client", "plain-client", "meshed-server", "plain-server"] as const;
const pairs = ["meshed", "plain"].flatMap((client) =>
	["meshed", "plain"].map((server) => [client, server] as const),
);
const targets = clusterFamilies.flatMap((family) =>
	["pod", "service"].map((target) => [family, target] as const),
);
const cases = pairs.flatMap(([client, server]) =>
	targets.map(([family, target]) => ({ client, server, family, target })),
);
const times = 5;

beforeAll(async () => {
	await install("disableIPv6=false");
	await apply(namespace(place));
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
});

describe.each(modes)("paths: mode %s", (mode) => {
	it("every pod that starts after the change of mode has it", async () => {
		await upgrade(`proxyInit.iptablesMode=${mode}`);
		await kubectl("delete", "pods", "--all", "-n", place, "--timeout=60s");
		for (const name of names) {
			const annotations = inject(name.startsWith("meshed"));
			await apply(pod({ name, namespace: place, annotations }, serverSpec()), service(name, place));
		}
		await ready(place, ...names);
		const { checks } = await check("--proxy", "--wait", "30s");
		expect(checks.find(({ id }) => id === "proxy-mode")?.result).toBe("ok");
		expect(await injectedModes(place, "app=meshed-server")).toEqual([{ name: "meshed-server", mode }]);
	});

	it.each(cases.map((one) => [titleOf(one), one] as const))(
		"%s",
		async (_, { client, server, family, target }) => {
			const from = { namespace: place, name: `${client}-client` };
			const to = { namespace: place, name: `${server}-server` };
			const addresses = target === "pod" ? await addressesOf(to) : await serviceAddresses(to.name);
			const address = addresses.find((one) => one.includes(":") === (family === "IPv6"));
			expect(address, `${to.name} has no address of ${family}`).toBeDefined();
			const path = await trace({ client: from, server: to, url: urlOf(address!), times });
			expect(path.answers.map((answer) => answer.pod)).toEqual(Array(times).fill(to.name));
			expect(path).toMatchObject({
				outbound: client === "meshed" ? times : undefined,
				inbound: server === "meshed" ? times : undefined,
			});
		},
	);
});

function titleOf({ client, server, family, target }: (typeof cases)[number]): string {
	return `${family}, ${client} to ${server}, by the ${target}'s address`;
}

async function serviceAddresses(name: string): Promise<string[]> {
	const { spec } = await get<{ spec: { clusterIPs: string[] } }>("service", name, "-n", place);
	return spec.clusterIPs;
}
