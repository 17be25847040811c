import { afterEach, beforeEach, expect, it } from "vitest";
import { ApiServer } from "../support/api-server/api-server.ts";
import { checkJson, find } from "./support/checking.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
	installRelease(api);
});
afterEach(() => api.stop());

const annotations = (name: string, entries: Record<string, string>, labels: Record<string, string> = {}) =>
	api.store.put("v1/namespaces", { metadata: { name, annotations: entries, labels } });

it("namespaces whose annotations nobody can follow are named, and those whose wishes are labels", async () => {
	const enabled = { "linkerd.io/inject": "enabled" };
	annotations("key", { ...enabled, "config.linkerd.io/skip-outbound-port": "25" });
	annotations("value", { ...enabled, "config.shunt.dev/skip-outbound-ports": "many" });
	annotations("wish", { "linkerd.io/injct": "enabled" });
	annotations("word", { "shunt.dev/inject": "true" });
	annotations("newer", { ...enabled, "config.linkerd.io/proxy-dance": "on" });
	annotations("label", {}, enabled);
	annotations("both", enabled, enabled);
	annotations("off", { "shunt.dev/inject": "disabled", "config.shunt.dev/skip-uids": "root" });
	annotations("ambient", enabled, { "istio.io/dataplane-mode": "ambient" });
	annotations("theirs", {}, { "istio.io/dataplane-mode": "ambient" });
	annotations("kube-system", { ...enabled, "config.linkerd.io/skip-outbound-port": "25" });
	const { result, data = [] } = find(await checkJson(api, []), "config-annotations");
	expect(result).toBe("warning");
	const found = (data as { namespace: string; reason: string }[]).map(
		({ namespace, reason }) => `${namespace}: ${reason}`,
	);
	const wrong = "its pods are refused: namespace annotation";
	expect(found.toSorted()).toEqual([
		expect.stringContaining("ambient: label istio.io/dataplane-mode asks for Istio's redirection too"),
		`key: ${wrong} config.linkerd.io/skip-outbound-port: is not known (want config.linkerd.io/skip-outbound-ports)`,
		"label: label linkerd.io/inject says nothing here: it is an annotation",
		expect.stringContaining(
			"newer: namespace annotation config.linkerd.io/proxy-dance is known neither here",
		),
		expect.stringContaining(`value: ${wrong} config.shunt.dev/skip-outbound-ports: "many" is not a`),
		`wish: ${wrong} linkerd.io/injct: is not known (want linkerd.io/inject)`,
		expect.stringContaining(`word: ${wrong} shunt.dev/inject: "true"`),
	]);
});

it("right ones are counted", async () => {
	annotations("team", { "shunt.dev/inject": "enabled", "config.linkerd.io/skip-outbound-ports": "25" });
	const { result, data } = find(await checkJson(api, []), "config-annotations");
	expect({ result, data }).toEqual({ result: "ok", data: undefined });
});
