import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { issueCertificate } from "../../src/cli/chart/issue-certificate.ts";
import { modes } from "../../src/domain/mode.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { clientAuthority, createAuthority } from "../support/api-server/certificates.ts";
import { Status } from "../support/api-server/status.ts";
import type { ApiObject } from "../support/api-server/store.ts";
import { check, checkJson, find, shortcomings } from "./support/checking.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
});
afterEach(() => api.stop());

describe("a release that is well", () => {
	it.each(modes)("passes every check in mode %s", async (mode) => {
		installRelease(api, { proxyInit: { iptablesMode: mode } });
		const checked = await checkJson(api, []);
		expect(shortcomings(checked)).toEqual([]);
		expect(checked.status).toBe(0);
		expect(find(checked, "webhook-injects").note).toBe(`mode ${mode}`);
	});

	it("may be in another namespace, and have several replicas", async () => {
		installRelease(api, { injector: { replicas: 3 } }, "mesh");
		const checked = await checkJson(api, ["-n", "mesh"]);
		expect(shortcomings(checked)).toEqual([]);
		expect(find(checked, "control-plane-ready").note).toBe("3 of 3");
	});

	it("changes nothing on the cluster", async () => {
		installRelease(api);
		const before = api.store.version;
		await check(api, ["--proxy"]);
		expect(api.store.version).toBe(before);
	});
});

/** Changes an object of the release's, as somebody with kubectl edit would. */
function edit(collection: string, name: string, change: (object: Edited) => void, namespace?: string): void {
	const object = structuredClone(api.store.get(collection, `${namespace ?? ""}/${name}`)) as
		| Edited
		| undefined;
	if (object === undefined) {
		throw new Error(`there is no ${collection} ${name}`);
	}
	change(object);
	api.store.put(collection, object as unknown as ApiObject);
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the manifests say
type Edited = any;

const webhooks = "admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const remove = (collection: string, name: string, namespace = "shunt") =>
	api.store.delete(collection, `${namespace}/${name}`);
const base64 = (text: string) => Buffer.from(text).toString("base64");
const editConfig = (key: string, text: string) =>
	edit(
		"v1/configmaps",
		"shunt-config",
		(map) => {
			map.data[key] = text;
		},
		"shunt",
	);

describe("a release where", () => {
	const cases: readonly [string, { id: string; result?: string; message: RegExp; break: () => unknown }][] = [
		[
			"there is none",
			{
				id: "config-exists",
				message: /no ConfigMap shunt-config in namespace shunt/,
				break: () => remove("v1/configmaps", "shunt-config"),
			},
		],
		[
			"the stored values are no YAML",
			{
				id: "config-values",
				message: /values.yaml:1: is not YAML/,
				break: () => editConfig("values.yaml", "a: ["),
			},
		],
		[
			"the stored values are a list",
			{ id: "config-values", message: /is not a mapping/, break: () => editConfig("values.yaml", "- a") },
		],
		[
			"the injector's configuration has a mistake",
			{
				id: "config-injector",
				message: /proxyInit.iptablesMode: "nftt" is not a mode/,
				break: () => editConfig("config.yaml", "proxyInit: { iptablesMode: nftt }"),
			},
		],
		[
			"somebody edited one mode of two",
			{
				id: "config-mode",
				result: "warning",
				message: /pods get mode legacy, .*would make it "nft"/,
				break: () => editConfig("values.yaml", "proxyInit: { iptablesMode: nft }"),
			},
		],
		[
			"the cluster is too old for its native sidecars",
			{
				id: "config-native-sidecars",
				message: /v1.28.3.*proxy.nativeSidecar=false/,
				break: () => {
					api.gitVersion = "v1.28.3";
				},
			},
		],
		[
			"the address family that pods have first is left out",
			{
				id: "config-families",
				message: /disableIPv6=false/,
				break: () => api.putOwnService("IPv6"),
			},
		],
		[
			"the cluster is too old for everything",
			{
				id: "kubernetes-version",
				message: /v1.19.0; Shunt needs 1.21/,
				break: () => {
					api.gitVersion = "v1.19.0";
				},
			},
		],
		[
			"rights are gone",
			{
				id: "injector-rbac",
				message: /ClusterRole shunt-injector/,
				break: () => remove("rbac.authorization.k8s.io/v1/clusterroles", "shunt-injector", ""),
			},
		],
		[
			"no replica is available",
			{
				id: "injector-available",
				message: /^0 of 1 available/,
				break: () =>
					edit(
						"apps/v1/deployments",
						"shunt-injector",
						(deployment) => {
							deployment.status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1 };
						},
						"shunt",
					),
			},
		],
		[
			"there is no Deployment",
			{
				id: "injector-available",
				message: /no Deployment shunt-injector/,
				break: () => remove("apps/v1/deployments", "shunt-injector"),
			},
		],
		[
			"nobody is behind the Service",
			{
				id: "injector-service",
				message: /no pod behind it is ready/,
				break: () => remove("discovery.k8s.io/v1/endpointslices", "shunt-injector-1"),
			},
		],
		[
			"the certificate is gone",
			{
				id: "certificate-pair",
				message: /no Secret shunt-injector-tls/,
				break: () => remove("v1/secrets", "shunt-injector-tls"),
			},
		],
		[
			"the key is another's",
			{
				id: "certificate-pair",
				message: /not the certificate's/,
				break: async () => {
					const { key } = await createAuthority();
					edit(
						"v1/secrets",
						"shunt-injector-tls",
						(secret) => {
							secret.data["tls.key"] = base64(key);
						},
						"shunt",
					);
				},
			},
		],
		[
			"the certificate is for another name and by another authority",
			{
				id: "certificate-name",
				message: /not for shunt-injector.shunt.svc but for DNS:elsewhere/,
				break: () => serveWith(["elsewhere"]),
			},
		],
		[
			"the caBundle is another's",
			{
				id: "certificate-authority",
				message: /injector.shunt.dev: signed by another/,
				break: () => serveWith(["shunt-injector.shunt.svc"]),
			},
		],
		[
			"the caBundle has a private key in it",
			{
				id: "certificate-authority",
				message: /injector.shunt.dev: caBundle: has a private key in it/,
				break: async () => {
					const { key } = await createAuthority();
					edit(webhooks, "shunt-injector", (configuration) => {
						const { clientConfig } = configuration.webhooks[0];
						const bundle = Buffer.from(clientConfig.caBundle, "base64").toString();
						clientConfig.caBundle = base64(bundle + key);
					});
				},
			},
		],
		[
			"the caBundle's authority is for clients alone",
			{
				id: "certificate-authority",
				message: /injector.shunt.dev: caBundle: has a CA that is not for servers/,
				break: serveByClientAuthority,
			},
		],
		[
			"the caBundle is not there yet",
			{
				id: "certificate-authority",
				message: /has no caBundle/,
				break: () =>
					edit(webhooks, "shunt-injector", (configuration) => {
						delete configuration.webhooks[0].clientConfig.caBundle;
					}),
			},
		],
		[
			"the webhook is not registered",
			{
				id: "webhook-registered",
				message: /no MutatingWebhookConfiguration/,
				break: () => remove(webhooks, "shunt-injector", ""),
			},
		],
		[
			"the webhook leads to another release",
			{
				id: "webhook-registered",
				message: /to other\/shunt-injector, not to shunt\/shunt-injector/,
				break: () =>
					edit(webhooks, "shunt-injector", (configuration) => {
						configuration.webhooks[0].clientConfig.service.namespace = "other";
					}),
			},
		],
		[
			"the webhook's failures are ignored",
			{
				id: "webhook-injects",
				message: /came back without one/,
				break: () => {
					api.admit = (object) => object;
				},
			},
		],
		[
			"the webhook fails",
			{
				id: "webhook-injects",
				message: /answered 500: failed calling webhook/,
				break: () => {
					api.admit = () => {
						throw new Status(500, "InternalError", "failed calling webhook");
					};
				},
			},
		],
		[
			"a policy keeps such pods out of the namespace that is tried",
			{
				id: "webhook-injects",
				result: "warning",
				message: /could not be looked at: .*violates PodSecurity/,
				break: () => {
					api.admit = () => {
						throw new Status(403, "Forbidden", 'violates PodSecurity "restricted"');
					};
				},
			},
		],
		[
			"a pod of the control plane hangs",
			{
				id: "control-plane-ready",
				message: /shunt\/shunt-injector-0: shunt-init: CrashLoopBackOff/,
				break: () =>
					edit(
						"v1/pods",
						"shunt-injector-0",
						(pod) => {
							const state = { waiting: { reason: "CrashLoopBackOff" } };
							pod.status = { phase: "Pending", initContainerStatuses: [{ name: "shunt-init", state }] };
						},
						"shunt",
					),
			},
		],
		[
			"a pod of the control plane is in an older mode",
			{
				id: "control-plane-mode",
				message: /shunt\/shunt-injector-0: mode nft/,
				break: () =>
					edit(
						"v1/pods",
						"shunt-injector-0",
						(pod) => {
							pod.spec.initContainers
								.find(({ name }: Edited) => name === "shunt-init")
								.args.unshift("--iptables-mode", "nft");
						},
						"shunt",
					),
			},
		],
	];

	it.each(cases)("%s", async (_, expected) => {
		installRelease(api);
		await expected.break();
		const checked = await checkJson(api, []);
		const found = find(checked, expected.id);
		expect(found.result).toBe(expected.result ?? "failed");
		expect([found.message, ...(found.details ?? [])].join("\n")).toMatch(expected.message);
		expect(found.hint).toBe(`docs/checks.md#${expected.id}`);
		expect(checked.status).toBe(expected.result === "warning" ? 0 : 1);
		expect(checked.success).toBe(expected.result === "warning");
	});
});

/** A certificate of another authority's, for these names. */
async function serveWith(names: readonly string[]): Promise<void> {
	const { cert, key } = await (await createAuthority()).issue(names);
	edit(
		"v1/secrets",
		"shunt-injector-tls",
		(secret) => {
			secret.data = { "tls.crt": base64(cert), "tls.key": base64(key) };
		},
		"shunt",
	);
}

async function serveByClientAuthority(): Promise<void> {
	const issuer = await clientAuthority("clients", Date.now() - 1000);
	const { certificate, key } = issueCertificate(
		{
			kind: "signed",
			commonName: "injector",
			ipAddresses: [],
			dnsNames: ["shunt-injector.shunt.svc"],
			daysValid: 90,
			issuer,
		},
		Date.now(),
	);
	const data = { "tls.crt": base64(certificate), "tls.key": base64(key) };
	edit("v1/secrets", "shunt-injector-tls", (secret) => Object.assign(secret, { data }), "shunt");
	edit(webhooks, "shunt-injector", (configuration) => {
		configuration.webhooks[0].clientConfig.caBundle = base64(issuer.certificate);
	});
}

describe("the certificate's time", () => {
	const day = 86_400_000;

	it.each([
		["expired", 365 * 30, "certificate-current", "failed", /expired on/],
		["is yet to come", -2, "certificate-current", "failed", /is a clock wrong/],
	] as const)("has a word of its own where it %s", async (_, days, id, result, message) => {
		installRelease(api);
		const world = { now: () => Date.now() + days * day };
		expect(find(await checkJson(api, [], { world }), id)).toMatchObject({
			result,
			message: expect.stringMatching(message),
		});
	});

	it("is warned of before it is over", async () => {
		installRelease(api);
		await serveWith(["shunt-injector.shunt.svc"]);
		const found = find(await checkJson(api, []), "certificate-expiry");
		expect(found).toMatchObject({ result: "warning", message: expect.stringMatching(/expires on/) });
	});

	it("is that of a Secret of the user's own, where the values name one", async () => {
		installRelease(api);
		const secret = api.store.get("v1/secrets", "shunt/shunt-injector-tls");
		api.store.put("v1/secrets", { ...secret, metadata: { name: "mine", namespace: "shunt" } });
		remove("v1/secrets", "shunt-injector-tls");
		editConfig("values.yaml", "injector: { tls: { existingSecret: mine } }");
		expect(shortcomings(await checkJson(api, []))).toEqual([]);
	});
});

describe("a webhook that leaves out the namespace of the trial", () => {
	it("is not tried", async () => {
		installRelease(api, { injector: { webhook: { excludedNamespaces: ["default"] } } });
		api.admit = (object) => object;
		const checked = await checkJson(api, []);
		expect(find(checked, "webhook-injects")).toMatchObject({
			result: "skipped",
			message: "the webhook is not asked about namespace default",
		});
		expect(checked.status).toBe(0);
	});
});

describe("a cluster that takes its time", () => {
	it("is waited for, aloud", async () => {
		installRelease(api);
		let answer = () => {};
		const later = new Promise<void>((resolve) => {
			answer = resolve;
		});
		api.obstacle = ({ path }) => (path.endsWith("/endpointslices") ? later : undefined);
		const { stderr, status } = await checkJson(api, [], { onProgress: () => answer() });
		expect(stderr).toContain("looking: the injector's Service leads to a pod that is ready\n");
		expect(status).toBe(0);
	});
});

describe("what cannot be looked at", () => {
	it("is a warning, for want of permission", async () => {
		installRelease(api);
		api.obstacle = ({ path }) =>
			path.includes("/secrets") ? new Status(403, "Forbidden", "secrets are secret") : undefined;
		const checked = await checkJson(api, []);
		expect(find(checked, "certificate-pair")).toMatchObject({
			result: "warning",
			message: expect.stringContaining("secrets are secret"),
		});
		expect(checked.status).toBe(0);
	});

	it("makes all the rest unknown, where it is the cluster", async () => {
		api.obstacle = () => new Status(401, "Unauthorized", "who are you?");
		const checked = await checkJson(api, []);
		expect(find(checked, "api-reachable").message).toContain("does not accept these credentials");
		expect(
			new Set(
				shortcomings(checked)
					.slice(1)
					.map((text) => text.split(": ")[1]),
			),
		).toEqual(new Set(["skipped"]));
		expect(checked.status).toBe(1);
	});

	it("makes all the rest unknown, where nothing is installed", async () => {
		const checked = await checkJson(api, []);
		expect(find(checked, "config-exists").result).toBe("failed");
		expect(find(checked, "webhook-injects")).toMatchObject({
			result: "skipped",
			message: expect.stringContaining("the namespace has a release's ConfigMap"),
		});
	});
});

describe("waiting", () => {
	it("goes on until what was missing is there, and says what it waits for, once", async () => {
		installRelease(api);
		const slice = api.store.get("discovery.k8s.io/v1/endpointslices", "shunt/shunt-injector-1") as ApiObject;
		remove("discovery.k8s.io/v1/endpointslices", "shunt-injector-1");
		let asked = 0;
		api.obstacle = ({ path }) => {
			asked += path.endsWith("/endpointslices") ? 1 : 0;
			if (asked === 3) {
				api.store.put("discovery.k8s.io/v1/endpointslices", slice);
			}
			return undefined;
		};
		const checked = await checkJson(api, ["--wait", "1h"]);
		expect(shortcomings(checked)).toEqual([]);
		expect(checked.stderr.split("\n").filter((line) => line.startsWith("waiting"))).toEqual([
			"waiting: the injector's Service leads to a pod that is ready: no pod behind it is ready",
		]);
	});

	it("ends when its time is up", async () => {
		installRelease(api);
		remove("discovery.k8s.io/v1/endpointslices", "shunt-injector-1");
		let clock = Date.now();
		const world = {
			now: () => clock,
			sleep: async (milliseconds: number) => {
				clock += milliseconds;
			},
		};
		const checked = await checkJson(api, ["--wait", "5m"], { world });
		expect(checked.status).toBe(1);
		expect(find(checked, "injector-service").result).toBe("failed");
	});

	it("is not for what no time mends", async () => {
		installRelease(api);
		editConfig("config.yaml", "proxyInit: { iptablesMode: nftt }");
		expect(find(await checkJson(api, ["--wait", "1h"]), "config-injector").result).toBe("failed");
	});

	it("ends when somebody interrupts it, which is no success", async () => {
		installRelease(api);
		remove("discovery.k8s.io/v1/endpointslices", "shunt-injector-1");
		let stop = () => {};
		const checked = await checkJson(api, ["--wait", "1h"], {
			world: {
				onStop: (callback) => {
					stop = callback;
					return () => undefined;
				},
			},
			onProgress: (said) => said.includes("stopping") || stop(),
		});
		expect(checked.status).toBe(1);
		expect(find(checked, "certificate-pair")).toMatchObject({ result: "skipped", message: "interrupted" });
	});
});
