import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlainMap } from "../../src/chart/index.ts";
import { readConfigText } from "../../src/cli/check/release.ts";
import { injectPod } from "../../src/inject/inject-pod.ts";
import type { JsonObject } from "../../src/inject/json.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import type { ApiObject } from "../support/api-server/store.ts";
import { check, checkJson, find, shortcomings } from "./support/checking.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
});
afterEach(() => api.stop());

interface PodOptions {
	readonly namespace?: string;
	/** Values of the release that injected it. */
	readonly injectedBy?: PlainMap;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly spec?: object;
	readonly status?: object;
	readonly metadata?: object;
}

function putPod(name: string, options: PodOptions = {}): void {
	const { namespace = "web", injectedBy, annotations = {}, spec = {}, status, metadata = {} } = options;
	const bare = {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, annotations, ...metadata },
		spec: { containers: [{ name: "app", image: "app" }], ...spec },
	};
	const pod = injectedBy === undefined ? bare : inject(bare, injectedBy);
	api.store.put("v1/pods", { ...pod, status: status ?? running } as unknown as ApiObject);
}

function inject(pod: JsonObject, values: PlainMap): JsonObject {
	const config = readConfigText(JSON.stringify(values));
	if (config.kind !== "read") {
		throw new Error(config.complaints.join());
	}
	const outcome = injectPod({ pod, config: config.value, whenUnannotated: "redirect" });
	if (outcome.kind !== "injected") {
		throw new Error(JSON.stringify(outcome));
	}
	return outcome.pod;
}

const running = {
	phase: "Running",
	initContainerStatuses: [{ name: "shunt-proxy", ready: true }],
	containerStatuses: [{ name: "app", ready: true }],
};
const inMode = (iptablesMode: string): PlainMap => ({ proxyInit: { iptablesMode } });

describe("check --proxy", () => {
	it.each([
		["legacy", "nft"],
		["nft", "legacy"],
		["nft", "plain"],
		["plain", "nftables"],
		["nftables", "auto"],
		["auto", "nft"],
	])("lists what was injected in mode %s before the release changed to %s", async (before, after) => {
		installRelease(api, inMode(after));
		api.putNamespace("web");
		putPod("old", { injectedBy: inMode(before) });
		putPod("new", { injectedBy: inMode(after) });
		const checked = await checkJson(api, ["--proxy"]);
		expect(checked.status).toBe(0);
		expect(find(checked, "proxy-mode")).toMatchObject({
			result: "warning",
			message: `1 need a restart to get mode ${after}`,
			details: [`web/old: mode ${before}`],
			data: [{ pod: "web/old", reason: `mode ${before}` }],
		});
	});

	it("names the workload that a restart is for", async () => {
		installRelease(api, inMode("nft"));
		const owner = {
			kind: "ReplicaSet",
			name: "shop-5d8f",
			controller: true,
			apiVersion: "apps/v1",
			uid: "1",
		};
		putPod("shop-5d8f-x", {
			injectedBy: inMode("legacy"),
			metadata: { ownerReferences: [owner], labels: { "pod-template-hash": "5d8f" } },
		});
		const { stdout } = await check(api, ["--proxy"]);
		expect(stdout).toContain("web/shop-5d8f-x (deployment/shop): mode legacy");
	});

	it("does not mind an old pod that is over, or on its way out", async () => {
		installRelease(api, inMode("nft"));
		putPod("done", { injectedBy: inMode("legacy"), status: { phase: "Succeeded" } });
		putPod("going", {
			injectedBy: inMode("legacy"),
			metadata: { deletionTimestamp: new Date().toISOString() },
		});
		expect(shortcomings(await checkJson(api, ["--proxy"]))).toEqual([]);
	});

	it("says of a pod whose rules the CNI plugin makes that it has none of the release's mode", async () => {
		installRelease(api, inMode("nft"));
		putPod("plugged", { injectedBy: { cniEnabled: true } });
		expect(find(await checkJson(api, ["--proxy"]), "proxy-mode").details).toEqual([
			"web/plugged: redirected by the CNI plugin",
		]);
	});

	it("says of an init container's arguments when nobody can read them", async () => {
		installRelease(api);
		const containers = [{ name: "shunt-proxy" }];
		const initContainers = [{ name: "shunt-init", args: ["--iptables-mode", "nftt"] }];
		putPod("odd", { spec: { containers, initContainers } });
		expect(find(await checkJson(api, ["--proxy"]), "proxy-mode").details?.[0]).toContain("cannot be read");
	});

	it("fails for proxies that are not ready, in whichever form they run", async () => {
		installRelease(api);
		putPod("sidecar", {
			injectedBy: {},
			status: { phase: "Running", initContainerStatuses: [{ name: "shunt-proxy", ready: false }] },
		});
		putPod("container", {
			injectedBy: { proxy: { nativeSidecar: false } },
			status: { phase: "Running", containerStatuses: [{ name: "shunt-proxy", ready: false }] },
		});
		putPod("fine", { injectedBy: {} });
		const checked = await checkJson(api, ["--proxy"]);
		expect(checked.status).toBe(1);
		expect(find(checked, "proxy-ready")).toMatchObject({
			message: "2 of 3 are not",
			details: ["web/sidecar: not ready", "web/container: not ready"],
		});
	});

	it("lists what asks for a proxy and has none, and nothing that is left out on purpose", async () => {
		installRelease(api);
		api.putNamespace("web", { "shunt.dev/inject": "enabled" });
		api.putNamespace("linkerds", { "linkerd.io/inject": "enabled" });
		api.putNamespace("quiet");
		putPod("early");
		putPod("early-too", { namespace: "linkerds" });
		putPod("asks", { namespace: "quiet", annotations: { "shunt.dev/inject": "enabled" } });
		putPod("says-no", { annotations: { "shunt.dev/inject": "disabled" } });
		putPod("on-the-host", { spec: { hostNetwork: true } });
		putPod("has-one", { injectedBy: {} });
		putPod("nobody-asked", { namespace: "quiet" });
		putPod("mistaken", { annotations: { "config.shunt.dev/skip-inbound-ports": "x" } });
		const found = find(await checkJson(api, ["--proxy"]), "proxy-missing");
		expect(found.result).toBe("warning");
		expect(found.details).toEqual([
			"web/early: has no proxy",
			"linkerds/early-too: has no proxy",
			"quiet/asks: has no proxy",
			expect.stringMatching(
				/^web\/mistaken: cannot get one: annotation config.shunt.dev\/skip-inbound-ports/,
			),
		]);
	});

	it("prints as many as a person reads, and gives programs all", async () => {
		installRelease(api, inMode("nft"));
		for (let index = 0; index < 600; index++) {
			putPod(`pod-${index}`, { injectedBy: inMode("legacy") });
		}
		const found = find(await checkJson(api, ["--proxy"]), "proxy-mode");
		expect(found.details).toHaveLength(21);
		expect(found.details?.at(-1)).toBe("and 580 more (-o json lists them all)");
		expect(found.data).toHaveLength(600);
	});

	it("is not done without being asked for", async () => {
		installRelease(api);
		const { categories } = await checkJson(api, []);
		expect(categories.map(({ name }) => name)).not.toContain("data-plane");
	});
});
