import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { securityComplaints } from "../../src/cli/check/pod-security.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { Status } from "../support/api-server/status.ts";
import { checkJson, find } from "./support/checking.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
});
afterEach(() => api.stop());

/** A namespace with a level, which asks for proxies. */
function strict(
	name: string,
	level: string,
	annotations: Record<string, string> = { "shunt.dev/inject": "enabled" },
) {
	const labels = { "pod-security.kubernetes.io/enforce": level };
	api.store.put("v1/namespaces", { metadata: { name, annotations, labels } });
}

async function reasons(): Promise<string[]> {
	const { result, data = [] } = find(await checkJson(api, []), "config-pod-security");
	const found = (data as { namespace: string; level: string; reason: string }[]).map(
		({ namespace, level, reason }) => `${namespace}: ${level}: ${reason}`,
	);
	expect(result).toBe(found.length > 0 ? "warning" : "ok");
	return found.toSorted();
}

describe("a namespace that asks for proxies", () => {
	it("and whose level refuses the init container's capabilities is named", async () => {
		installRelease(api);
		strict("low", "baseline");
		strict("high", "restricted");
		strict("free", "privileged");
		expect(await reasons()).toEqual([
			"high: restricted: shunt-init adds NET_ADMIN",
			"low: baseline: shunt-init adds NET_ADMIN",
		]);
	});

	it("is told of everything that the release's values add to it", async () => {
		installRelease(api, { proxyInit: { privileged: true, runAsRoot: true } });
		strict("high", "restricted");
		expect(await reasons()).toEqual([
			"high: restricted: shunt-init adds NET_ADMIN",
			"high: restricted: shunt-init is privileged",
			"high: restricted: shunt-init may gain privileges",
			"high: restricted: shunt-init may run as root",
		]);
	});

	it("takes them with the CNI plugin", async () => {
		installRelease(api, { cniEnabled: true });
		strict("low", "baseline");
		strict("high", "restricted");
		expect(await reasons()).toEqual([]);
	});
});

describe("a namespace with a level", () => {
	it("that asks for nothing, or is never looked at, is no mistake", async () => {
		installRelease(api);
		strict("silent", "restricted", {});
		strict("off", "restricted", { "shunt.dev/inject": "disabled" });
		strict("kube-system", "restricted");
		expect(await reasons()).toEqual([]);
	});

	it("is not said to have none where it could not be read", async () => {
		installRelease(api);
		api.obstacle = ({ path }) =>
			path === "/api/v1/namespaces" ? new Status(403, "Forbidden", "not for you") : undefined;
		const { result, message } = find(await checkJson(api, []), "config-pod-security");
		expect(result).toBe("warning");
		expect(message).toContain("could not be looked at");
	});
});

describe("a container", () => {
	const restricted = {
		name: "proxy",
		securityContext: {
			allowPrivilegeEscalation: false,
			runAsNonRoot: true,
			capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
			seccompProfile: { type: "RuntimeDefault" },
		},
	};

	it("that says all that is wanted is taken by both levels", () => {
		expect(securityComplaints("restricted", restricted)).toEqual([]);
		expect(securityComplaints("baseline", restricted)).toEqual([]);
	});

	it("that says nothing is refused by restricted alone, for each thing", () => {
		expect(securityComplaints("baseline", { name: "proxy" })).toEqual([]);
		expect(securityComplaints("restricted", { name: "proxy" })).toEqual([
			"proxy does not drop ALL",
			"proxy may gain privileges",
			"proxy may run as root",
			"proxy has no seccomp profile",
		]);
	});
});
