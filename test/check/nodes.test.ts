import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/host/memory.ts";
import { runInit } from "../../src/init/run-init.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { Status } from "../support/api-server/status.ts";
import { check, checkJson, find } from "./support/checking.ts";
import { playKubelets, probePods, putNode, type Run, type ScheduledPod } from "./support/kubelet.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
	api.putNamespace("default");
});
afterEach(() => api.stop());

/** What a node's container would do, on a fake kernel: the real programs and kernels are in test/kernel/check-nodes. */
function runContainer({ spec }: ScheduledPod, uninstalled: readonly string[] = []): Run {
	const host = createMemoryHost();
	uninstalled.forEach(host.uninstall);
	const exitCode = runInit(host, spec.containers[0]?.args ?? []);
	return { exitCode, log: [...host.logged, ...host.output].join("\n") };
}

const noLegacy = ["iptables-legacy-restore"];
const preProbe = ["--pre", "--probe-nodes"];

describe("check --probe-nodes", () => {
	it("says what every node can serve, and leaves no pod", async () => {
		putNode(api, "old");
		putNode(api, "new", { taints: [{ key: "a", effect: "NoExecute" }] });
		const seen = playKubelets(api, (pod) => runContainer(pod, pod.spec.nodeName === "new" ? noLegacy : []));
		const checked = await checkJson(api, preProbe);
		expect(checked.status).toBe(1);
		expect(find(checked, "node-modes")).toMatchObject({
			result: "failed",
			message: "1 of 2 cannot serve mode legacy; all of them can serve nft, plain",
			details: [
				"old: can serve legacy, nft, plain (Linux 5.10.0)",
				expect.stringMatching(/^new: can serve nft, plain .*; legacy: iptables-legacy-restore: not found/),
			],
		});
		expect(seen.map(({ spec }) => spec.nodeName)).toEqual(["old", "new"]);
		expect(probePods(api)).toEqual([]);
	});

	it.each([
		[["--set", "proxyInit.iptablesMode=nft"], "nft", 0],
		[["--set", "proxyInit.iptablesMode=auto"], "auto", 0],
		[["--set", "proxyInit.iptablesMode=nftables"], "nftables", 1],
	] as const)("compares with the mode that %j asks for", async (flags, mode, status) => {
		putNode(api, "new");
		const seen = playKubelets(api, (pod) => runContainer(pod, noLegacy));
		const checked = await checkJson(api, [...preProbe, ...flags]);
		expect(seen[0]?.spec.containers[0]?.args).toEqual(["--probe", "--iptables-mode", mode, "--ipv6=false"]);
		expect(checked.status).toBe(status);
	});

	it("compares with the release's mode once there is one, and with flags over its values", async () => {
		installRelease(api, { proxyInit: { iptablesMode: "nft" }, disableIPv6: false });
		putNode(api, "a");
		const seen = playKubelets(api, (pod) => runContainer(pod));
		expect((await check(api, ["--probe-nodes"])).status).toBe(0);
		await check(api, ["--probe-nodes", "--set", "proxyInit.iptablesMode=auto"]);
		const args = seen.map(({ spec }) => spec.containers[0]?.args);
		expect(args).toEqual([
			["--probe", "--iptables-mode", "nft"],
			["--probe", "--iptables-mode", "auto"],
		]);
		expect(seen.map(({ metadata }) => metadata.namespace)).toEqual(["shunt", "shunt"]);
	});

	it("runs the release's init image with an init container's rights and no more", async () => {
		putNode(api, "a");
		const [pod] = await (async () => {
			const seen = playKubelets(api, (one) => runContainer(one));
			await check(api, [
				...preProbe,
				"--set",
				"proxyInit.image.name=example.com/mine,proxyInit.image.version=9,imagePullSecrets[0].name=mine",
				"--wait",
				"90s",
			]);
			return seen;
		})();
		expect(pod?.metadata).toMatchObject({
			namespace: "default",
			annotations: { "shunt.dev/inject": "disabled", "linkerd.io/inject": "disabled" },
		});
		expect(pod?.spec).toMatchObject({
			hostNetwork: false,
			restartPolicy: "Never",
			imagePullSecrets: [{ name: "mine" }],
			activeDeadlineSeconds: 90,
			automountServiceAccountToken: false,
			tolerations: [{ operator: "Exists" }],
		});
		expect(pod?.spec.containers[0]).toMatchObject({
			image: "example.com/mine:9",
			command: ["/usr/bin/shunt", "init"],
			securityContext: {
				allowPrivilegeEscalation: false,
				capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
				privileged: false,
				readOnlyRootFilesystem: true,
				runAsNonRoot: true,
				runAsUser: 65_534,
				seccompProfile: { type: "RuntimeDefault" },
			},
		});
	});

	it("leaves out Windows, and does not know of nodes that are not ready", async () => {
		putNode(api, "windows", { os: "windows" });
		putNode(api, "broken", { ready: false });
		putNode(api, "fine");
		const seen = playKubelets(api, (pod) => runContainer(pod));
		const checked = await checkJson(api, preProbe);
		expect(seen.map(({ spec }) => spec.nodeName)).toEqual(["fine"]);
		expect(checked.status).toBe(0);
		expect(find(checked, "node-modes")).toMatchObject({
			result: "warning",
			details: [
				"windows: left out: it runs windows",
				"broken: not known: it is not ready",
				expect.stringContaining("fine: can serve legacy"),
			],
		});
	});

	it("tries many nodes", async () => {
		const names = Array.from({ length: 40 }, (_, index) => `node-${index}`);
		for (const name of names) {
			putNode(api, name);
		}
		const seen = playKubelets(api, (pod) => runContainer(pod));
		const checked = await checkJson(api, preProbe);
		expect(find(checked, "node-modes").details).toHaveLength(40);
		expect(seen.map(({ spec }) => spec.nodeName).toSorted()).toEqual(names.toSorted());
		expect(checked.stderr).toContain("trying nodes: 32 of 40 done");
		expect(probePods(api)).toEqual([]);
	});

	it("runs its pods where it is told", async () => {
		putNode(api, "a");
		const seen = playKubelets(api, (pod) => runContainer(pod));
		await check(api, [...preProbe, "--probe-namespace", "lab"]);
		expect(seen[0]?.metadata.namespace).toBe("lab");
	});

	it("removes what an earlier run that was killed has left and is over", async () => {
		const labels = { "app.kubernetes.io/name": "shunt", "app.kubernetes.io/component": "probe" };
		const left = (name: string, phase: string) =>
			api.store.put("v1/pods", { metadata: { name, namespace: "default", labels }, status: { phase } });
		left("over", "Failed");
		left("of-somebody-elses-run", "Running");
		await check(api, preProbe);
		expect(probePods(api)).toEqual(["default/of-somebody-elses-run"]);
	});
});

/** A clock that only waiting moves. */
function fakeTime() {
	let clock = Date.now();
	return {
		now: () => clock,
		sleep: (milliseconds: number) =>
			new Promise<void>((resolve) => {
				clock += milliseconds;
				setTimeout(resolve, 1);
			}),
	};
}

describe("a node of which nothing becomes known", () => {
	const unknown = (reason: RegExp) => ({
		result: "warning",
		details: [expect.stringMatching(reason)],
	});

	it.each([
		[
			"whose image cannot be pulled",
			{ waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "x"' } },
			/did not end in time: Back-off pulling image "x"/,
		],
		["whose kubelet does nothing", "nothing", /did not end in time: no reason given/],
		[
			"whose image is another program",
			{ exitCode: 1, log: "sh: init: not found" },
			/did not report: sh: init: not found/,
		],
		[
			"whose image is too old",
			{ exitCode: 64, log: '{"errors":["--probe: is not a flag"]}' },
			/is not a flag/,
		],
		["whose container prints nothing", { exitCode: 0, log: "" }, /did not report: it printed nothing/],
	] as const)("%s is a warning that says why, and its pod goes", async (_, run, reason) => {
		putNode(api, "a");
		playKubelets(api, () => run as Run);
		const checked = await checkJson(api, preProbe, { world: fakeTime() });
		expect(find(checked, "node-modes")).toMatchObject(unknown(reason));
		expect(checked.status).toBe(0);
		expect(probePods(api)).toEqual([]);
	});

	it("is one whose pod somebody deleted", async () => {
		putNode(api, "a");
		playKubelets(api, ({ metadata }) => {
			api.store.delete("v1/pods", `${metadata.namespace}/${metadata.name}`);
			return "nothing";
		});
		expect(find(await checkJson(api, preProbe), "node-modes")).toMatchObject(unknown(/somebody deleted/));
	});

	it("is one for which no pod may be created", async () => {
		putNode(api, "a");
		api.admit = () => {
			throw new Status(403, "Forbidden", "no pods for you");
		};
		expect(find(await checkJson(api, preProbe), "node-modes")).toMatchObject(unknown(/no pods for you/));
	});

	it("is one whose log cannot be had", async () => {
		putNode(api, "a");
		playKubelets(api, (pod) => runContainer(pod));
		api.obstacle = ({ path }) =>
			path.endsWith("/log") ? new Status(502, "BadGateway", "no kubelet") : undefined;
		expect(find(await checkJson(api, preProbe), "node-modes")).toMatchObject(unknown(/no kubelet/));
		expect(probePods(api)).toEqual([]);
	});
});

describe("whatever happens", () => {
	it("an interruption deletes the pods before it ends the run", async () => {
		putNode(api, "a");
		putNode(api, "b");
		let stop = () => {};
		playKubelets(api, () => {
			stop();
			return "nothing";
		});
		const checked = await checkJson(api, preProbe, {
			world: {
				onStop: (callback) => {
					stop = callback;
					return () => undefined;
				},
			},
		});
		expect(checked.status).toBe(1);
		expect(find(checked, "node-modes").details?.join()).toContain("interrupted");
		expect(probePods(api)).toEqual([]);
	});

	it("a pod goes of whose creation only the answer failed", async () => {
		putNode(api, "a");
		api.admit = (object) => {
			api.store.put("v1/pods", { ...object, metadata: { ...object.metadata, namespace: "default" } });
			throw new Status(504, "Timeout", "took too long");
		};
		await check(api, preProbe);
		expect(probePods(api)).toEqual([]);
	});

	it("somebody who may not delete is told how to, by somebody who may", async () => {
		putNode(api, "a");
		playKubelets(api, (pod) => runContainer(pod));
		api.obstacle = ({ method }) =>
			method === "DELETE" ? new Status(403, "Forbidden", "you may not") : undefined;
		const { stderr } = await check(api, preProbe);
		expect(stderr).toMatch(/kubectl delete pods -n default -l shunt.dev\/probe-run=[0-9a-f-]+ .*you may not/);
	});
});
