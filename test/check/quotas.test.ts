import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../support/api-server/api-server.ts";
import { Status } from "../support/api-server/status.ts";
import { checkJson, find } from "./support/checking.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
	installRelease(api);
});
afterEach(() => api.stop());

/** The proxy's. */
const amounts = (request: string, limit: string) => ({
	"config.shunt.dev/proxy-cpu-request": request,
	"config.shunt.dev/proxy-cpu-limit": limit,
});

const quota = (namespace: string, hard: Record<string, string>) =>
	api.store.put("v1/resourcequotas", { metadata: { name: "all", namespace }, spec: { hard } });
const ranges = (namespace: string, limits: readonly object[]) =>
	api.store.put("v1/limitranges", { metadata: { name: "all", namespace }, spec: { limits } });
const range = (namespace: string, item: Record<string, unknown>) =>
	ranges(namespace, [{ type: "Container", ...item }]);

async function reasons(): Promise<string[]> {
	const { result, data = [] } = find(await checkJson(api, []), "config-quotas");
	const found = (data as { namespace: string; rule: string; reason: string }[]).map(
		({ namespace, rule, reason }) => `${namespace}: ${rule}: ${reason}`,
	);
	expect(result).toBe(found.length > 0 ? "warning" : "ok");
	return found;
}

describe("a namespace", () => {
	it("whose quota wants of every container what the proxy does not say is named, with what to set", async () => {
		api.putNamespace("team");
		quota("team", { "limits.cpu": "4", memory: "8Gi", pods: "10", "requests.ephemeral-storage": "1Gi" });
		expect(await reasons()).toEqual([
			"team: ResourceQuota all: shunt-proxy has no cpu limit and memory request: set proxy-cpu-limit and proxy-memory-request",
		]);
	});

	it("is none where annotations on it say that, where pods are counted alone, or where nobody is injected", async () => {
		const amounts = {
			"config.shunt.dev/proxy-cpu-limit": "1",
			"config.linkerd.io/proxy-memory-request": "64Mi",
		};
		api.putNamespace("said", amounts);
		quota("said", { "limits.cpu": "4", "requests.cpu": "4", "requests.memory": "8Gi" });
		api.putNamespace("pods");
		quota("pods", { pods: "10" });
		api.putNamespace("off", { "shunt.dev/inject": "disabled" });
		quota("off", { "limits.cpu": "4" });
		api.putNamespace("kube-system");
		quota("kube-system", { "limits.cpu": "4" });
		expect(await reasons()).toEqual([]);
	});

	it("whose limit range our amounts do not keep to is named for each", async () => {
		api.putNamespace("low");
		range("low", { min: { cpu: "200m" }, defaultRequest: { cpu: "200m" }, default: { cpu: "1" } });
		api.putNamespace("high");
		range("high", { max: { memory: "32Mi" } });
		api.putNamespace("apart");
		range("apart", { maxLimitRequestRatio: { cpu: "2", memory: "4" } });
		expect((await reasons()).toSorted()).toEqual([
			"apart: LimitRange all: shunt-proxy has no cpu request and limit, which are to have a ratio: set proxy-cpu-request and proxy-cpu-limit",
			"apart: LimitRange all: shunt-proxy has no memory request and limit, which are to have a ratio: set proxy-memory-request and proxy-memory-limit",
			"high: LimitRange all: shunt-init's memory limit is 64Mi, more than the most, 32Mi: set init-memory-limit",
			"low: LimitRange all: shunt-init's cpu limit is 100m, less than the least, 200m: set init-cpu-limit",
			"low: LimitRange all: shunt-init's cpu request is 100m, less than the least, 200m: set init-cpu-request",
		]);
	});

	it("whose limit range is about pods is named where ours are too much of one", async () => {
		const most = { type: "Pod", max: { cpu: "250m" } };
		for (const [name, annotations, ...items] of [
			["alone", amounts("300m", "300m"), most],
			["init", { "config.shunt.dev/init-cpu-limit": "300m" }, most],
			["fits", amounts("50m", "250m"), most],
			["ratio", amounts("50m", "100m"), { type: "Pod", maxLimitRequestRatio: { cpu: "1" } }],
			["ratio-kept", amounts("50m", "100m"), { type: "Pod", maxLimitRequestRatio: { cpu: "2" } }],
			["beside", amounts("50m", "100m"), most, { type: "Container", default: { cpu: "200m" } }],
			["beside-little", amounts("50m", "50m"), most, { type: "Container", default: { cpu: "200m" } }],
			["full-without", amounts("50m", "50m"), most, { type: "Container", default: { cpu: "300m" } }],
			["volumes", {}, { type: "PersistentVolumeClaim", max: { cpu: "1m" } }],
		] as const) {
			api.putNamespace(name, annotations);
			ranges(name, items);
		}
		const rule = "LimitRange all";
		const most250 = "with which a pod has more than the most, 250m";
		expect((await reasons()).toSorted()).toEqual([
			`alone: ${rule}: shunt-init's cpu limit is 300m, ${most250}: set init-cpu-limit`,
			`alone: ${rule}: shunt-init's cpu request is 300m, ${most250}: set init-cpu-request`,
			`alone: ${rule}: shunt-proxy's cpu limit is 300m, ${most250}: set proxy-cpu-limit`,
			`alone: ${rule}: shunt-proxy's cpu request is 300m, ${most250}: set proxy-cpu-request`,
			`beside: ${rule}: shunt-proxy's cpu limit is 100m, ${most250}: set proxy-cpu-limit`,
			`init: ${rule}: shunt-init's cpu limit is 300m, ${most250}: set init-cpu-limit`,
			`init: ${rule}: shunt-init's cpu request is 300m, ${most250}: set init-cpu-request`,
			`ratio: ${rule}: shunt-init's cpu limit is 100m, more than 1 times the request: set init-cpu-limit`,
			`ratio: ${rule}: shunt-proxy's cpu limit is 100m, more than 1 times the request: set proxy-cpu-limit`,
		]);
	});

	it("that fills in what is absent meets its own quota", async () => {
		api.putNamespace("both");
		quota("both", { "limits.cpu": "4", "requests.cpu": "4" });
		range("both", { default: { cpu: "1" }, defaultRequest: { cpu: "500m" } });
		expect(await reasons()).toEqual([]);
	});

	it("is not called well where quotas may not be read", async () => {
		api.obstacle = ({ path }) =>
			path.endsWith("/resourcequotas") ? new Status(403, "Forbidden", "not for you") : undefined;
		const { result, message } = find(await checkJson(api, []), "config-quotas");
		expect(result).toBe("warning");
		expect(message).toContain("could not be looked at");
	});
});
