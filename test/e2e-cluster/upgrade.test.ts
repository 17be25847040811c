import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, becomes, kubectl } from "./support/cluster.ts";
import { figure, memory } from "./support/figures.ts";
import { injectedModes } from "./support/injected-mode.ts";
import { type Load, startLoad } from "./support/load.ts";
import { check, injectorMetrics, install, removeNamespaces, uninstall, upgrade } from "./support/release.ts";
import { proxyMetrics } from "./support/traffic.ts";
import { namespace } from "./support/workloads.ts";

const place = "e2e-upgrade";
/** How many answers the clients have between them, at least, before the end. */
const enough = 10_000;

let load: Load;

beforeAll(async () => {
	await install("disableIPv6=false", "proxyInit.iptablesMode=legacy");
	await apply(namespace(place));
	load = await startLoad(place);
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
});

describe("upgrade under load", () => {
	it.each(["nft", "nftables", "auto", "legacy"])(
		"to %s: the workload is restarted, no request fails",
		async (mode) => {
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
			await becomes(load.tallies, (seen) =>
				seen.every((tally) => pods.every(({ name }) => (tally.pods[name] ?? 0) >= 20)),
			);
			await load.goesOn();
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
		const meanwhile = await load.answered();
		expect(await becomes(load.answered, (count) => count >= enough, 600)).toBeGreaterThanOrEqual(enough);
		await load.goesOn();
		memory("injector", await injectorMetrics());
		memory(
			"proxy of a client that asks all the time",
			await proxyMetrics({ namespace: place, name: "meshed" }),
		);
		figure("requests answered while the mode changed five times, none failed", meanwhile);
	});
});
