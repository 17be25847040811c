import { describe, expect, it } from "vitest";
import { modes } from "../domain/mode.ts";
import { parseInitOptions } from "../init/options.ts";
import { injectPod } from "./inject-pod.ts";
import { get, isArray, type Json, type JsonObject, objectAt, objectsAt, textAt } from "./json.ts";
import { parseInjectConfig } from "./parse-config.ts";
import { uninjectPod } from "./uninject-pod.ts";

function configOf(values: Json) {
	const parsed = parseInjectConfig(values);
	if (!parsed.ok) {
		throw new Error(JSON.stringify(parsed.problems));
	}
	return parsed.value;
}

const plain: JsonObject = { spec: { containers: [{ name: "app", image: "app:1" }] } };

function outcomeOf(pod: Json, values: Json = {}) {
	return injectPod({ pod, config: configOf(values), whenUnannotated: "redirect" });
}

function inject(pod: Json, values: Json = {}): JsonObject {
	const outcome = outcomeOf(pod, values);
	if (outcome.kind !== "injected") {
		throw new Error(JSON.stringify(outcome));
	}
	return objectAt(outcome.pod, "spec");
}

function warningsOf(pod: Json, values: Json = {}): readonly string[] {
	const outcome = outcomeOf(pod, values);
	return outcome.kind === "injected" ? outcome.warnings : [outcome.kind];
}

const names = (spec: JsonObject, key: string) => objectsAt(spec, key).map((item) => textAt(item, "name"));
const find = (spec: JsonObject, name: string): JsonObject =>
	[...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].find(
		(container) => textAt(container, "name") === name,
	) ?? {};
const argsOf = (container: JsonObject): Json[] => {
	const args = get(container, "args");
	return isArray(args) ? [...args] : [];
};

describe("the init container's arguments", () => {
	it("stand in the order that Linkerd's injector has, ours behind", () => {
		const spec = inject(
			{
				...plain,
				metadata: {
					annotations: {
						"config.shunt.dev/proxy-gid": "7",
						"config.shunt.dev/skip-subnets": "10.0.0.0/8",
						"config.shunt.dev/redirect-inbound-ports": "80",
						"config.shunt.dev/skip-uids": "0",
					},
				},
			},
			{
				proxyInit: {
					iptablesMode: "nft",
					closeWaitTimeoutSecs: 5,
					runAsRoot: true,
					logFormat: "json",
					logLevel: "debug",
				},
			},
		);
		expect(argsOf(find(spec, "shunt-init"))).toEqual([
			...["--iptables-mode", "nft"],
			"--ipv6=false",
			...["--incoming-proxy-port", "4143"],
			...["--outgoing-proxy-port", "4140"],
			...["--proxy-uid", "2102"],
			...["--proxy-gid", "7"],
			...["--inbound-ports-to-ignore", "4190,4191,4567,4568"],
			...["--outbound-ports-to-ignore", "4567,4568"],
			...["--timeout-close-wait-secs", "5"],
			...["--log-format", "json"],
			...["--log-level", "debug"],
			...["--subnets-to-ignore", "10.0.0.0/8"],
			...["--ports-to-redirect", "80"],
			...["--uids-to-ignore", "0"],
		]);
	});

	it.each(modes)("mean mode %s to shunt init", (mode) => {
		const args = argsOf(find(inject(plain, { proxyInit: { iptablesMode: mode } }), "shunt-init")).map(String);
		const parsed = parseInitOptions(args, "shunt init");
		// Not by the names of programs, which would then have to make the rules.
		expect(parsed.ok && parsed.value).toMatchObject({ mode, transport: "auto" });
	});
});

describe("the init container's rights", () => {
	it("are one more capability with the tools beside it, which mode plain cannot do without", () => {
		for (const proxyInit of [{ tools: true }, { iptablesMode: "plain" }]) {
			const init = find(inject(plain, { proxyInit }), "shunt-init");
			expect(init["image"]).toMatch(/^shunt\/shunt-init-tools:/);
			expect(init["securityContext"]).toMatchObject({
				capabilities: { add: ["NET_ADMIN", "NET_RAW"], drop: ["ALL"] },
			});
		}
		expect(find(inject(plain), "shunt-init")["image"]).toMatch(/^shunt\/shunt-init:/);
	});

	it("are one capability and nobody's user", () => {
		expect(find(inject(plain), "shunt-init")["securityContext"]).toMatchObject({
			allowPrivilegeEscalation: false,
			capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
			privileged: false,
			readOnlyRootFilesystem: true,
			runAsNonRoot: true,
			runAsUser: 65_534,
			runAsGroup: 65_534,
		});
		const zero = inject(plain, { proxyInit: { runAsUser: 0, runAsGroup: 0 } });
		expect(find(zero, "shunt-init")["securityContext"]).toMatchObject({
			runAsUser: 65_534,
			runAsGroup: 65_534,
		});
	});

	it("are more where the close-wait timeout is to be set", () => {
		const spec = inject(plain, { proxyInit: { closeWaitTimeoutSecs: 5, runAsRoot: true } });
		expect(find(spec, "shunt-init")["securityContext"]).toMatchObject({
			allowPrivilegeEscalation: true,
			privileged: true,
			runAsNonRoot: false,
			runAsUser: 0,
		});
	});
});

describe("the containers' order", () => {
	const pod: JsonObject = {
		spec: { initContainers: [{ name: "first" }], containers: [{ name: "app" }], volumes: [{ name: "data" }] },
	};

	it("puts a native sidecar right behind what makes the rules, before all else", () => {
		const spec = inject(pod);
		expect(names(spec, "initContainers")).toEqual(["shunt-init", "shunt-proxy", "first"]);
		expect(names(spec, "containers")).toEqual(["app"]);
		expect(names(spec, "volumes")).toEqual(["data", "shunt-init-xtables-lock"]);
		expect(find(spec, "shunt-proxy")["restartPolicy"]).toBe("Always");
	});

	it("puts a classic one last, and the rules after the other init containers", () => {
		const spec = inject(pod, { proxy: { nativeSidecar: false } });
		expect(names(spec, "initContainers")).toEqual(["first", "shunt-init"]);
		expect(names(spec, "containers")).toEqual(["app", "shunt-proxy"]);
		expect(Object.hasOwn(find(spec, "shunt-proxy"), "restartPolicy")).toBe(false);
	});

	it("puts the validator where the init container would be, without its volume", () => {
		const spec = inject(pod, { cniEnabled: true });
		expect(names(spec, "initContainers")).toEqual(["shunt-network-validator", "shunt-proxy", "first"]);
		expect(names(spec, "volumes")).toEqual(["data"]);
		const without = inject(pod, { cniEnabled: true, networkValidator: { enabled: false } });
		expect(names(without, "initContainers")).toEqual(["shunt-proxy", "first"]);
	});
});

describe("the validator", () => {
	const validator = (values: JsonObject = {}) =>
		find(inject(plain, { cniEnabled: true, ...values }), "shunt-network-validator");

	it("tries the policy that the CNI plugin reads", () => {
		expect(validator()["env"]).toEqual([
			{
				name: "SHUNT_REDIRECT",
				valueFrom: { fieldRef: { fieldPath: "metadata.annotations['shunt.dev/redirect']" } },
			},
		]);
	});

	it("makes Linkerd's single connection only where one is configured", () => {
		const log = ["--log-format", "plain", "--log-level", "debug"];
		expect(argsOf(validator())).toEqual([...log, "--timeout", "10s"]);
		const networkValidator = { connectAddr: "192.0.2.2:1404", listenAddr: "[::]:4140" };
		expect(argsOf(validator({ networkValidator }))).toEqual([
			...log,
			...["--connect-addr", "192.0.2.2:1404", "--listen-addr", "[::]:4140", "--timeout", "10s"],
		]);
	});
});

describe("a proxy", () => {
	it("of ours gets its ports, and its user's rights alone", () => {
		const proxy = find(
			inject(plain, { proxy: { logLevel: "warn", args: ["--idle-timeout", "0"] } }),
			"shunt-proxy",
		);
		expect(argsOf(proxy)).toEqual([
			...["--inbound-port", "4143", "--outbound-port", "4140", "--admin-port", "4191", "--ipv6=false"],
			...["--log-level", "warn", "--idle-timeout", "0"],
		]);
		expect(proxy["securityContext"]).toMatchObject({ runAsUser: 2102, capabilities: { drop: ["ALL"] } });
	});

	it("that is Envoy has its whole configuration with it", () => {
		const args = argsOf(find(inject(plain, { proxy: { kind: "envoy" } }), "shunt-proxy")).map(String);
		const bootstrap = JSON.parse(args[1] ?? "");
		expect(args[0]).toBe("--config-yaml");
		expect(bootstrap.static_resources.listeners.map((listener: { name: string }) => listener.name)).toEqual([
			"inbound-ipv4",
			"outbound-ipv4",
			"admin-ipv4",
		]);
		expect(bootstrap.admin.address.socket_address.address).toBe("127.0.0.1");
	});

	it("that is custom is told its ports by its environment, and probed only where it answers", () => {
		const values = {
			proxy: {
				kind: "custom",
				image: { name: "a", version: "1" },
				readinessPath: "/ok",
				ports: { inbound: 9 },
			},
		};
		const proxy = find(inject(plain, values), "shunt-proxy");
		expect(proxy["env"]).toContainEqual({ name: "SHUNT_INBOUND_PORT", value: "9" });
		expect(proxy["readinessProbe"]).toMatchObject({ httpGet: { path: "/ok", port: 4191 } });
		expect(Object.hasOwn(proxy, "livenessProbe")).toBe(false);
	});
});

describe("a pod of the control plane", () => {
	it("reaches the API server past the proxy", () => {
		const spec = inject({
			...plain,
			metadata: { labels: { "linkerd.io/control-plane-component": "identity" } },
		});
		expect(argsOf(find(spec, "shunt-init")).join(" ")).toContain("--outbound-ports-to-ignore 443,6443");
	});
});

describe("a pod that is left alone", () => {
	const skipOf = (spec: JsonObject) => {
		const outcome = outcomeOf({ spec });
		return outcome.kind === "skipped" ? outcome.skip.code : outcome.kind;
	};
	const app = { name: "app" };
	const hostProcess = { securityContext: { windowsOptions: { hostProcess: true } } };
	const onOs = (operator: string, ...values: string[]) => ({ key: "kubernetes.io/os", operator, values });
	const requiring = (...terms: Json[][]) => ({
		affinity: {
			nodeAffinity: {
				requiredDuringSchedulingIgnoredDuringExecution: {
					nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })),
				},
			},
		},
	});
	const windows: readonly JsonObject[] = [
		{ nodeSelector: { "kubernetes.io/os": "windows" } },
		{ nodeSelector: { "beta.kubernetes.io/os": "windows", disk: "ssd" } },
		{ nodeSelector: { "node.kubernetes.io/windows-build": "10.0.20348" } },
		requiring([onOs("In", "windows")]),
		requiring([onOs("NotIn", "linux")]),
		requiring([{ key: "zone", operator: "Exists" }, onOs("In", "windows")], [onOs("In", "windows")]),
		requiring([{ key: "node.kubernetes.io/windows-build", operator: "Exists" }]),
		requiring([onOs("In", "windows")], []),
		{ securityContext: { windowsOptions: { gmsaCredentialSpecName: "web" } } },
	];

	it.each<readonly [string, JsonObject]>([
		["host-network", { hostNetwork: true, containers: [app] }],
		["windows", { os: { name: "windows" }, containers: [app] }],
		["no-containers", { containers: [] }],
		["no-containers", {}],
		["injected-by-shunt", { containers: [app, { name: "shunt-proxy" }] }],
		["injected-by-shunt", { containers: [{ name: "x", image: "shunt/shunt-init:1" }] }],
		["injected-by-linkerd", { initContainers: [{ name: "linkerd-init" }], containers: [app] }],
		["injected-by-linkerd", { containers: [{ name: "x", image: "cr.l5d.io/linkerd/proxy@sha256:0" }] }],
		["injected-by-istio", { initContainers: [{ name: "istio-validation" }], containers: [app] }],
		["injected-by-istio", { containers: [{ name: "x", image: "docker.io/istio/proxyv2:1" }] }],
		["injected-by-istio", { containers: [{ name: "x", image: "mirror.example.com/a/istio/proxyv2:1" }] }],
		["injected-by-kuma", { containers: [app, { name: "kuma-sidecar" }] }],
		["injected-by-kuma", { initContainers: [{ name: "kuma-validation" }], containers: [app] }],
		[
			"injected-by-kuma",
			{ initContainers: [{ name: "x", image: "docker.io/kumahq/kuma-init:2" }], containers: [app] },
		],
		["injected-by-consul", { containers: [app, { name: "consul-dataplane" }] }],
		[
			"injected-by-consul",
			{ initContainers: [{ name: "consul-connect-inject-init-api" }], containers: [app] },
		],
		["injected-by-osm", { initContainers: [{ name: "osm-init" }], containers: [app] }],
		["injected-by-app-mesh", { initContainers: [{ name: "proxyinit" }], containers: [app] }],
		["injected-by-nginx-mesh", { containers: [app, { name: "nginx-mesh-sidecar" }] }],
		...windows.map((spec) => ["windows", { ...spec, containers: [app] }] as const),
		["windows", { containers: [{ ...app, ...hostProcess }] }],
		["windows", { initContainers: [{ name: "first", ...hostProcess }], containers: [app] }],
	])("has its reason: %s", (code, spec) => {
		expect(skipOf(spec)).toBe(code);
	});

	it.each([
		["injected-by-kuma", { annotations: { "kuma.io/sidecar-injected": "true" } }],
		["injected-by-consul", { annotations: { "consul.hashicorp.com/connect-inject-status": "injected" } }],
		["injected-by-istio", { annotations: { "ambient.istio.io/redirection": "enabled" } }],
		["injected-by-istio", { labels: { "istio.io/dataplane-mode": "ambient" } }],
	])("shows in its metadata whose it is: %s", (code, metadata) => {
		const outcome = outcomeOf({ metadata, spec: { containers: [app] } });
		expect(outcome).toMatchObject({
			kind: "skipped",
			skip: { code, reason: expect.stringMatching(/^already injected by \w+ \((?:annotation|label) .*\)$/) },
		});
	});

	it("is one that the webhook is never asked about, whatever its annotations say", () => {
		const metadata = {
			labels: { "shunt.dev/inject": "disabled" },
			annotations: { "shunt.dev/inject": "enabled" },
		};
		expect(outcomeOf({ metadata, spec: { containers: [app] } })).toEqual({
			kind: "skipped",
			skip: { code: "disabled", reason: "label shunt.dev/inject: disabled says so" },
		});
	});

	it("is a static pod's mirror, of which its kubelet runs nothing", () => {
		const annotations = { "kubernetes.io/config.mirror": "0", "shunt.dev/inject": "enabled" };
		expect(outcomeOf({ metadata: { annotations }, spec: { containers: [app] } })).toEqual({
			kind: "skipped",
			skip: { code: "static", reason: expect.stringContaining("static pod") },
		});
	});

	it.each([
		{ nodeSelector: { "kubernetes.io/os": "linux" } },
		{ nodeSelector: { "kubernetes.io/os": "linux" }, ...hostProcess },
		requiring([onOs("In", "linux", "windows")]),
		requiring([onOs("NotIn", "windows")]),
		requiring([onOs("In", "windows")], [onOs("In", "linux")]),
		requiring([]),
		requiring([{ key: "kubernetes.io/arch", operator: "In", values: ["windows"] }]),
		{ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } } },
		{ tolerations: [{ key: "os", value: "windows", effect: "NoSchedule" }] },
		{ securityContext: { windowsOptions: {} } },
	])("is none that may run on Linux: %j", (spec) => {
		expect(skipOf({ ...spec, containers: [app] })).toBe("injected");
	});

	it.each([
		{ annotations: { "kuma.io/sidecar-injected": "false", "kuma.io/sidecar-injection": "disabled" } },
		{ annotations: { "consul.hashicorp.com/connect-inject": "false" } },
		{ labels: { "istio.io/dataplane-mode": "none" } },
	])("is none that another mesh left alone: %j", (metadata) => {
		expect(outcomeOf({ metadata, spec: { containers: [app] } }).kind).toBe("injected");
	});

	it("is none of those that only look like it", () => {
		expect(
			skipOf({
				hostNetwork: false,
				os: { name: "linux" },
				containers: [{ name: "x", image: "a:5000/proxy" }],
			}),
		).toBe("injected");
	});

	it("has its reason before anything else is looked at", () => {
		const outcome = outcomeOf({
			metadata: { annotations: { "config.shunt.dev/proxy-uid": "root" } },
			spec: { hostNetwork: true },
		});
		expect(outcome.kind).toBe("skipped");
	});
});

describe("a warning", () => {
	const withPorts = (...ports: JsonObject[]) => ({ spec: { containers: [{ name: "app", ports }] } });

	it("tells of an application that runs as the proxy's user, wherever that is said", () => {
		const container = { name: "app", securityContext: { runAsUser: 2102 } };
		expect(warningsOf({ spec: { containers: [container] } })).toHaveLength(1);
		expect(
			warningsOf({ spec: { securityContext: { runAsUser: 2102 }, containers: [{ name: "app" }] } }),
		).toHaveLength(1);
		expect(
			warningsOf({
				spec: { securityContext: { runAsUser: 1 }, initContainers: [container], containers: [{ name: "b" }] },
			}),
		).toHaveLength(1);
		expect(
			warningsOf({
				spec: {
					securityContext: { runAsUser: 2102 },
					containers: [{ name: "b", securityContext: { runAsUser: 1 } }],
				},
			}),
		).toEqual([]);
	});

	it("tells of a wish that is a label", () => {
		const labels = { "linkerd.io/inject": "enabled", "config.shunt.dev/skip-uids": "0", app: "a" };
		expect(warningsOf({ ...plain, metadata: { labels } })).toEqual([
			"label linkerd.io/inject says nothing here: it is an annotation",
			"label config.shunt.dev/skip-uids says nothing here: it is an annotation",
		]);
		const theirs = { "linkerd.io/control-plane-ns": "linkerd", "config.linkerd.io/admission-webhooks": "x" };
		expect(warningsOf({ ...plain, metadata: { labels: theirs } })).toEqual([]);
	});

	it.each([
		["labels", "sidecar.istio.io/inject", "true", "Istio"],
		["annotations", "sidecar.istio.io/inject", "true", "Istio"],
		["labels", "kuma.io/sidecar-injection", "enabled", "Kuma"],
		["annotations", "consul.hashicorp.com/connect-inject", "true", "Consul"],
	])("tells of a wish for another mesh's redirection: %s %s: %s", (where, name, value, owner) => {
		expect(warningsOf({ ...plain, metadata: { [where]: { [name]: value } } })).toEqual([
			`${where.slice(0, -1)} ${name} asks for ${owner}'s redirection too, and two in one pod would feed each other: take one out`,
		]);
		expect(warningsOf({ ...plain, metadata: { [where]: { [name]: "false" } } })).toEqual([]);
	});

	it("tells of ports that the proxy will not see, or wants for itself", () => {
		expect(warningsOf(withPorts({ containerPort: 53, protocol: "UDP" }))).toEqual([
			"UDP port 53 of container app is not redirected: only TCP is",
		]);
		expect(warningsOf(withPorts({ containerPort: 4567 }))).toEqual([
			"container app exposes port 4567, whose inbound connections bypass the proxy",
		]);
		expect(warningsOf(withPorts({ containerPort: 4143 }))).toEqual([
			"container app exposes port 4143, which the proxy uses itself",
		]);
		expect(warningsOf(withPorts({ containerPort: 8080 }, { containerPort: 80, protocol: "TCP" }))).toEqual(
			[],
		);
	});

	it("tells of a port that a list leaves out", () => {
		const annotations = { "config.shunt.dev/redirect-inbound-ports": "80" };
		expect(
			warningsOf({ metadata: { annotations }, ...withPorts({ containerPort: 8080 }, { containerPort: 80 }) }),
		).toEqual(["container app exposes port 8080, whose inbound connections bypass the proxy"]);
	});

	it("tells of a proxy that outlives its job", () => {
		const job = { spec: { restartPolicy: "Never", containers: [{ name: "app" }] } };
		expect(warningsOf(job)).toEqual([]);
		expect(warningsOf(job, { proxy: { nativeSidecar: false } })).toHaveLength(1);
	});

	it("tells of settings that the CNI plugin leaves without effect", () => {
		const pod = {
			metadata: { annotations: { "config.shunt.dev/close-wait-timeout": "30s" } },
			spec: { initContainers: [{ name: "i" }], containers: [{ name: "app" }] },
		};
		expect(warningsOf(pod, { cniEnabled: true, proxy: { nativeSidecar: false } })).toHaveLength(2);
	});
});

describe("what stands in the way", () => {
	it("is refused: a volume of the same name, a timeout without root", () => {
		const clash = { spec: { containers: [{ name: "a" }], volumes: [{ name: "shunt-init-xtables-lock" }] } };
		expect(outcomeOf(clash)).toMatchObject({ kind: "refused", problems: [{ source: "spec.volumes" }] });
		expect(outcomeOf(clash, { cniEnabled: true }).kind).toBe("injected");
		const timeout = { ...plain, metadata: { annotations: { "config.shunt.dev/close-wait-timeout": "5" } } };
		expect(outcomeOf(timeout)).toMatchObject({ kind: "refused", problems: [{ value: "5s" }] });
	});

	it.each([
		null,
		7,
		"x",
		[],
		{ spec: { containers: {} } },
		{ spec: { containers: [null] } },
		{ metadata: [] },
	])("is refused: %j has the form of no pod", (pod) => {
		expect(outcomeOf(pod).kind).toBe("refused");
	});
});

describe("uninjection", () => {
	it("without a record takes what bears our names, and leaves a refusal to be injected", () => {
		const { pod, removed } = uninjectPod({
			metadata: {
				annotations: {
					"shunt.dev/inject": "disabled",
					"config.shunt.dev/proxy-uid": "7",
					"shunt.dev/injected": "{",
				},
			},
			spec: {
				initContainers: [{ name: "shunt-init" }],
				containers: [{ name: "app" }, { name: "shunt-proxy" }],
				volumes: [{ name: "shunt-init-xtables-lock" }],
			},
		});
		expect(pod).toEqual({
			metadata: { annotations: { "shunt.dev/inject": "disabled" } },
			spec: { containers: [{ name: "app" }] },
		});
		expect(removed).toHaveLength(5);
	});

	it("takes nothing from a pod that has nothing of ours", () => {
		expect(uninjectPod(plain)).toEqual({ pod: plain, removed: [] });
	});

	it("puts back what flags replaced", () => {
		const pod = { ...plain, metadata: { annotations: { "config.shunt.dev/proxy-uid": "7", other: "x" } } };
		const outcome = injectPod({
			pod,
			config: configOf({}),
			whenUnannotated: "redirect",
			set: { "config.shunt.dev/proxy-uid": "8", "config.shunt.dev/proxy-gid": "9" },
		});
		expect(outcome.kind === "injected" && outcome.policy.outbound.proxyUid).toBe(8);
		expect(outcome.kind === "injected" && uninjectPod(outcome.pod).pod).toEqual(pod);
	});
});
