import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import type { Mode } from "../../src/domain/mode.ts";
import { podNetwork } from "../support/cri/containerd-config.ts";
import type { Death } from "../support/cri/pod.ts";
import { hasEnvoy } from "../support/envoy-program.ts";
import { type Injection, injectManifest } from "../support/kubelet/injected.ts";
import { type RunningPod, runPod } from "../support/kubelet/kubelet.ts";
import { outsidePorts, startNode } from "../support/kubelet/node.ts";
import { type Taken, takenIn } from "../support/taken-connections.ts";

const manifest = readFileSync(new URL("manifests/application.yml", import.meta.url), "utf8");

const proxies = [
	{ proxy: "shunt", nativeSidecar: true },
	{ proxy: "shunt", nativeSidecar: false },
	{ proxy: "envoy", nativeSidecar: true },
	{ proxy: "envoy", nativeSidecar: false },
] as const;
const modes: readonly Mode[] = ["legacy", "nft", "nftables"];
const injections: Injection[] = proxies
	.filter(({ proxy }) => proxy !== "envoy" || hasEnvoy)
	.flatMap((proxy) => modes.map((mode) => ({ ...proxy, mode })));

const served = 8080;
const skipped = 9080;
/** More than the buffers of a connection hold. */
const much = 3_000_000;

let node: Awaited<ReturnType<typeof startNode>>;

beforeAll(async () => {
	node = await startNode();
}, 300_000);

afterAll(() => node?.remove());

describe.each(injections)(
	"a manifest injected with $proxy (native sidecar: $nativeSidecar) in mode $mode",
	(injection) => {
		let pod: RunningPod;

		beforeAll(async () => {
			const { pod: injected, configMaps } = injectManifest(manifest, injection, node.machine.folder);
			pod = await runPod(node, injected, configMaps);
		}, 300_000);

		afterAll(() => pod?.remove());

		async function taken(): Promise<Taken> {
			const { body } = await node.actor.get(`http://${pod.addresses.ipv4}:4191/metrics`);
			return takenIn(body, injection.proxy);
		}

		/** What the proxy took while something was done. */
		async function takenDuring<T>(act: () => Promise<T>): Promise<{ result: T; taken: Taken }> {
			const before = await taken();
			const result = await act();
			const after = await taken();
			return {
				result,
				taken: { inbound: after.inbound - before.inbound, outbound: after.outbound - before.outbound },
			};
		}

		async function askFromInside(host: string, port: number): Promise<unknown> {
			const ask = ["/usr/bin/node", "/app/ask.js", host, `${port}`];
			return JSON.parse(await pod.container("application").exec(...ask));
		}

		it("has its rules made by the init container, which says so", async () => {
			expect(pod.container("shunt-init").log().join("\n")).toContain("rules applied in one transaction");
		});

		it("gives the network to the application's own init container, before or behind the proxy", async () => {
			const answer = JSON.parse(pod.container("first").log()[0] ?? "");
			expect(answer).toMatchObject({ remote: pod.addresses.ipv4, localPort: outsidePorts.served });
			expect(await taken()).toEqual({ inbound: 0, outbound: injection.nativeSidecar ? 1 : 0 });
		});

		it("gives the application what its manifest says", async () => {
			const application = pod.container("application");
			expect(application.log()).toEqual([`serving on ${pod.addresses.ipv4}`]);
			const read = 'process.stdout.write(require("node:fs").readFileSync("/about/redirect", "utf8"))';
			const stamp = JSON.parse(await application.exec("/usr/bin/node", "-e", read));
			expect(stamp).toMatchObject({ families, inbound: { proxyPort: 4143 } });
		});

		describe.each(families)("over %s", (family) => {
			const outside = podNetwork.gateway[family];

			it("carries what comes in, whole in both directions", async () => {
				const own = pod.addresses[family];
				const { result, taken } = await takenDuring(() => node.actor.ask(own, served, much));
				expect(result).toEqual({ how: "end", isWhole: true, local: own, localPort: served, remote: own });
				expect(taken).toEqual({ inbound: 1, outbound: 0 });
			});

			it("carries what goes out, and once", async () => {
				const { result, taken } = await takenDuring(() => askFromInside(outside, outsidePorts.served));
				expect(result).toMatchObject({ local: outside, remote: pod.addresses[family] });
				expect(taken).toEqual({ inbound: 0, outbound: 1 });
			});

			it("lets skipped ports pass the proxy by", async () => {
				const { result, taken } = await takenDuring(async () => ({
					inward: await node.actor.ask(pod.addresses[family], skipped),
					outward: await askFromInside(outside, outsidePorts.skipped),
				}));
				expect(result.inward).toMatchObject({ isWhole: true, remote: outside });
				expect(result.outward).toMatchObject({ remote: pod.addresses[family] });
				expect(taken).toEqual({ inbound: 0, outbound: 0 });
			});
		});

		describe("when the pod is terminated", () => {
			let deaths: ReadonlyMap<string, Death>;

			beforeAll(async () => {
				deaths = await pod.terminate();
			}, 120_000);

			it("every container ends by itself, with status 0", () => {
				const statuses = [...deaths].map(([name, { exitCode }]) => [name, exitCode]);
				expect(Object.fromEntries(statuses)).toEqual({ application: 0, "shunt-proxy": 0 });
			});

			// Nobody orders the ends of containers that are beside each other.
			if (injection.nativeSidecar) {
				it("the application has its network up to the end", () => {
					const application = deaths.get("application")?.at ?? Number.NaN;
					expect(deaths.get("shunt-proxy")?.at).toBeGreaterThan(application);
					const lastWords = pod.container("application").log().join("\n");
					expect(lastWords).toContain(`last words: {"local":"${podNetwork.gateway.ipv4}"`);
				});
			}
		});
	},
);
