import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, becomes, kubectl } from "./support/cluster.ts";
import { injectedModes } from "./support/injected-mode.ts";
import { check, install, removeNamespaces, uninstall, upgrade } from "./support/release.ts";
import { ready } from "./support/traffic.ts";
import { inject, namespace, pod, programSpec, serverSpec, service, workload } from "./support/workloads.ts";

const place = "e2e-upgrade";
const clients = ["meshed", "plain"] as const;
/** How many answers the clients have between them, at least, before the end. */
const enough = 10_000;

interface Tally {
	readonly answered: number;
	readonly failed: number;
	readonly errors: readonly string[];
	readonly pods: Readonly<Record<string, number>>;
}

beforeAll(async () => {
	await install("disableIPv6=false", "proxyInit.iptablesMode=legacy");
	const named = { name: "server", namespace: place, annotations: inject(true) };
	const strategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };
	await apply(
		namespace(place),
		workload("Deployment", named, serverSpec({ probed: true }), { replicas: 2, strategy }),
		service("server", place),
	);
	await kubectl("rollout", "status", "deployment/server", "-n", place, "--timeout=120s");
	const env = { URL: "http://server:8080/", WORKERS: "4", PORT: "9090" };
	const pods = clients.map((name) =>
		pod({ name, namespace: place, annotations: inject(name === "meshed") }, programSpec("load", [], env)),
	);
	await apply(...pods);
	await ready(place, ...clients);
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
});

describe("upgrade under load", () => {
	it.each(["nft", "nftables", "auto", "legacy"])(
		"to %s: the workload is restarted, no request fails",
		async (mode) => {
			const before = await tallies();
			await upgrade(`proxyInit.iptablesMode=${mode}`);
			await kubectl("rollout", "restart", "deployment/server", "-n", place);
			await kubectl("rollout", "status", "deployment/server", "-n", place, "--timeout=180s");
			const pods = await becomes(
				() => injectedModes(place, "app=server"),
				(found) => found.length === 2,
				120,
			);
			expect(pods.map(({ mode: told }) => told)).toEqual([mode, mode]);
			// Every client has been answered by every one of the new pods.
			const after = await becomes(tallies, (seen) =>
				seen.every((tally) => pods.every(({ name }) => (tally.pods[name] ?? 0) >= 20)),
			);
			expect(after.map(({ failed, errors }) => ({ failed, errors }))).toEqual(
				clients.map(() => ({ failed: 0, errors: [] })),
			);
			for (const [index, tally] of after.entries()) {
				expect(tally.answered).toBeGreaterThan(before[index]!.answered);
			}
		},
	);

	it("shunt check --proxy names the clients, which were not restarted, and nobody else", async () => {
		await upgrade("proxyInit.iptablesMode=nft");
		const { checks } = await check("--proxy", "--wait", "5s");
		const found = checks.find(({ id }) => id === "proxy-mode");
		expect(found?.result).not.toBe("ok");
		expect(JSON.stringify(found)).toContain(place);
	});

	it(`among ${enough} requests and more, none has failed`, async () => {
		const sum = (seen: readonly Tally[]) => seen.reduce((total, { answered }) => total + answered, 0);
		const seen = await becomes(tallies, (found) => sum(found) >= enough, 300);
		expect(sum(seen)).toBeGreaterThanOrEqual(enough);
		expect(seen.flatMap(({ errors }) => errors)).toEqual([]);
	});
});

function tallies(): Promise<Tally[]> {
	const path = (name: string) => `/api/v1/namespaces/${place}/pods/${name}:9090/proxy/`;
	return Promise.all(clients.map(async (name) => JSON.parse(await kubectl("get", "--raw", path(name)))));
}
