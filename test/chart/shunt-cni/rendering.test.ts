import { spawnSync } from "node:child_process";
import { DaemonSet } from "kubernetes-models/apps/v1/DaemonSet";
import { describe, expect, it } from "vitest";
import { readPluginConfig } from "../../../src/cni/plugin-config.ts";
import { objectAt, objectsAt, textAt } from "../../../src/inject/json.ts";
import { problemsOf } from "../../support/inject-schema.ts";
import { objectProblems } from "../shunt/support/object-schema.ts";
import { helmProgram, helmVersions, renderWithHelm } from "../support/helm.ts";
import { meaningOf } from "../support/objects.ts";
import { flagsOf, renderWithOurs } from "../support/ours.ts";
import {
	chartFolder,
	cniPort,
	distributions,
	only,
	pluginOf,
	podOf,
	render,
	withGiven,
} from "./support/cni-chart.ts";
import { given } from "./support/cni-given.ts";

describe.each(helmVersions)("Helm %i", (version) => {
	it.each(given.map((one) => [one.name, one] as const))("renders what we render, with %s", (_, one) => {
		const { files, sources } = withGiven(one);
		const helm = renderWithHelm(files, flagsOf(sources), version);
		expect(helm.ok ? "" : helm.error).toBe("");
		expect(meaningOf(renderWithOurs(files, sources, cniPort))).toEqual(meaningOf(helm));
	});

	it.each([[[]], ...distributions.map((file) => [["-f", `${chartFolder}${file}`]])])(
		"has nothing to complain about, with %j",
		(flags) => {
			const args = ["lint", "--strict", chartFolder, ...flags];
			const { status, stdout } = spawnSync(helmProgram(version), args, {
				encoding: "utf8",
				timeout: 120_000,
			});
			expect({ status, complaints: /\[(WARNING|ERROR)\].*/.exec(stdout)?.[0] }).toEqual({ status: 0 });
		},
	);
});

describe("the objects", () => {
	it.each(given.map((one) => [one.name, one] as const))("are Kubernetes', with %s", (_, one) => {
		const objects = render(one);
		for (const object of objects) {
			const isDaemonSet = textAt(object, "kind") === "DaemonSet";
			expect(isDaemonSet ? problemsOf(DaemonSet, object) : objectProblems(object)).toEqual([]);
		}
	});

	it.each(given.map((one) => [one.name, one] as const))("have what the plugin takes, with %s", (_, one) => {
		const { config, remarks } = readPluginConfig(pluginOf(render(one)));
		expect(config.ok ? [] : config.problems).toEqual([]);
		expect(remarks).toEqual([]);
	});

	it("say to the plugin what the values say", () => {
		const plugin = pluginOf(
			render({
				name: "",
				set: [
					"iptablesMode=nft,transport=kernel,disableIPv6=false,proxyGID=7,proxyUID=8,logLevel=debug",
					"ignoreInboundPorts=25\\,4191,ignoreOutboundPorts={3306,4000-4001},portsToRedirect=80",
					"excludeNamespaces={a,b},kubeAPIServerPorts=7443,policyWait=1s",
				],
			}),
		);
		expect(plugin).toEqual({
			log_level: "debug",
			linkerd: {
				"incoming-proxy-port": 4143,
				"outgoing-proxy-port": 4140,
				"proxy-uid": 8,
				"proxy-gid": 7,
				"ports-to-redirect": ["80"],
				"inbound-ports-to-ignore": ["4190", "4191", "25"],
				"outbound-ports-to-ignore": ["3306", "4000-4001"],
				ipv6: true,
			},
			shunt: {
				mode: "nft",
				transport: "kernel",
				logLevel: "debug",
				excludeNamespaces: ["a", "b"],
				policyWait: "1s",
				runDir: "/run/shunt",
				logFile: "/run/shunt/plugin.log",
				apiServerPorts: ["7443"],
				agent: { namespace: "ns", daemonSet: "shunt-cni" },
			},
		});
		expect(pluginOf(render({ name: "", set: ["linkerdPods=false"] }))["linkerd"]).toBe(undefined);
	});
});

describe("what the agent has", () => {
	const objects = render({ name: "" });
	const [container = {}] = objectsAt(podOf(objects), "containers");

	it("is no role and no token", () => {
		expect(objects.map((object) => textAt(object, "kind"))).toEqual([
			...["Namespace", "ServiceAccount", "ConfigMap", "DaemonSet"],
		]);
		expect(only(objects, "ServiceAccount")["automountServiceAccountToken"]).toBe(false);
		expect(podOf(objects)["automountServiceAccountToken"]).toBe(false);
	});

	it("is no more than what is asked for needs", () => {
		const rulesFor = (...set: string[]) => {
			const found = render({ name: "", set });
			expect(podOf(found)["automountServiceAccountToken"]).toBe(true);
			return only(found, "ClusterRole")["rules"];
		};
		const lists = ["pods", "namespaces"].map((resource) => {
			return { apiGroups: [""], resources: [resource], verbs: ["list", "watch"] };
		});
		const nodes = { apiGroups: [""], resources: ["nodes"], verbs: ["get", "patch"] };
		expect(rulesFor("watchPods=true")).toEqual(lists);
		expect(rulesFor("removeTaint=a")).toEqual([nodes]);
		expect(rulesFor("removeTaint=a", "watchPods=true")).toEqual([...lists, nodes]);
		const [pods] = lists;
		const core = { apiGroups: [""] };
		const events = { ...core, resources: ["events"], verbs: ["create"] };
		const repair = "repairController.enabled=true";
		expect(rulesFor(repair)).toEqual([pods, events]);
		expect(rulesFor(repair, "repairController.deletePodsPerMinute=1")).toEqual([
			...[pods, events],
			{ ...core, resources: ["pods"], verbs: ["delete"] },
		]);
		expect(rulesFor("reportDialects=true")).toEqual([
			{ ...core, resources: ["nodes/status"], verbs: ["patch"] },
		]);
	});

	it("are three folders of the node, and its network", () => {
		const volumes = objectsAt(podOf(objects), "volumes");
		expect(volumes.flatMap((volume) => textAt(objectAt(volume, "hostPath"), "path") ?? [])).toEqual([
			"/etc/cni/net.d",
			"/opt/cni/bin",
			"/run/shunt",
		]);
		const { hostNetwork, hostPID, hostIPC } = podOf(objects);
		expect({ hostNetwork, hostPID, hostIPC }).toEqual({ hostNetwork: true });
	});

	it("is no capability", () => {
		expect(container["securityContext"]).toEqual({
			runAsUser: 0,
			runAsGroup: 0,
			readOnlyRootFilesystem: true,
			privileged: false,
			allowPrivilegeEscalation: false,
			capabilities: { drop: ["ALL"] },
		});
		const [privileged = {}] = objectsAt(podOf(render({ name: "", set: ["privileged=true"] })), "containers");
		expect(privileged["securityContext"]).toMatchObject({ privileged: true, allowPrivilegeEscalation: true });
	});

	it.each(["repairController.enabled=true", "reportDialects=true"])(
		"is the two capabilities that entering namespaces takes, with %s",
		(set) => {
			const [agent = {}] = objectsAt(podOf(render({ name: "", set: [set] })), "containers");
			expect(agent["securityContext"]).toMatchObject({
				allowPrivilegeEscalation: false,
				capabilities: { drop: ["ALL"], add: ["SYS_ADMIN", "NET_ADMIN"] },
			});
		},
	);

	it("sees namespaces that come after it, and cannot change which there are", () => {
		const [agent = {}] = objectsAt(
			podOf(render({ name: "", set: ["repairController.enabled=true"] })),
			"containers",
		);
		expect(agent["args"]).toContain("--netns-dir=/host/var/run/netns");
		expect(objectsAt(agent, "volumeMounts")).toContainEqual({
			name: "netns-dir",
			mountPath: "/host/var/run/netns",
			readOnly: true,
			mountPropagation: "HostToContainer",
		});
	});

	it("never has company on a node", () => {
		const { updateStrategy } = objectAt(only(objects, "DaemonSet"), "spec");
		expect(updateStrategy).toEqual({
			type: "RollingUpdate",
			rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
		});
	});

	it("finds the folders where they are mounted", () => {
		const k3s = render({ name: "", files: ["values-k3s.yaml"] });
		const [agent = {}] = objectsAt(podOf(k3s), "containers");
		const mounted = objectsAt(agent, "volumeMounts").map((mount) => textAt(mount, "mountPath"));
		expect(mounted).toContain("/host/var/lib/rancher/k3s/data/cni");
		expect(agent["args"]).toContain("--bin-dir=/host/var/lib/rancher/k3s/data/cni");
	});
});
