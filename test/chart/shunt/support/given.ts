import { type Given, tlsGiven } from "./chart-files.ts";

const modes = ["legacy", "iptables", "nft", "plain", "nftables", "auto"];

/** What differs in the containers that are injected. */
const shapes: Readonly<Record<string, object>> = {
	"as it comes": {},
	"without native sidecars": { proxy: { nativeSidecar: false } },
	"with IPv6": { disableIPv6: false },
	"with the CNI plugin": { cniEnabled: true },
	"with the CNI plugin, IPv6 and no native sidecars": {
		cniEnabled: true,
		disableIPv6: false,
		proxy: { nativeSidecar: false },
	},
	"with a close-wait timeout": { proxyInit: { runAsRoot: true, closeWaitTimeoutSecs: 30 } },
	"with Envoy": { proxy: { kind: "envoy", logLevel: "warn", logFormat: "json" }, disableIPv6: false },
	"with other users": { proxy: { uid: 1_500_000, gid: 3000 }, proxyInit: { runAsUser: 1000, runAsGroup: 0 } },
};

const custom = {
	kind: "custom",
	image: { name: "example.com/team/proxy", version: "1.2" },
};

const lists = {
	ignoreInboundPorts: "25, 3306 ,80-80,4000-4010",
	ignoreOutboundPorts: ["25", 3306, "4000-4010"],
	redirectInboundPorts: [8080, "9090"],
	redirectOutboundPorts: "80,443,8000-9000",
	kubeAPIServerPorts: 16_443,
	skipSubnets: ["10.0.0.0/8", "fd00::/8"],
	skipOutboundSubnets: "172.16.5.4/12, 2001:DB8::/32",
	skipInboundInterfaces: "lo,eth1",
	skipOutboundInterfaces: ["docker0", "br-1.5@x"],
	skipUids: "0,1000000,4294967294",
};

/** By hand: every mode in every shape, then everything else that the chart knows. */
export const given: readonly Given[] = [
	...modes.flatMap((mode) =>
		Object.entries(shapes).map(([name, values]) => ({
			name: `mode ${mode}, ${name}`,
			values,
			set: [`proxyInit.iptablesMode=${mode}`],
		})),
	),
	{ name: "nothing", values: {} },
	...modes.map((mode) => ({
		name: `high availability in mode ${mode}`,
		ha: true,
		set: [`proxyInit.iptablesMode=${mode}`],
	})),
	{ name: "high availability, with less of it", ha: true, set: ["injector.replicas=2"] },
	{ name: "every list", values: { proxyInit: lists, disableIPv6: false } },
	{
		name: "every list, with the CNI plugin",
		values: { proxyInit: lists, disableIPv6: false, cniEnabled: true },
	},
	{
		name: "lists that are empty",
		values: { proxyInit: Object.fromEntries(Object.keys(lists).map((key) => [key, ""])) },
	},
	{
		name: "lists that are null",
		values: { proxyInit: Object.fromEntries(Object.keys(lists).map((key) => [key, null])) },
	},
	{
		name: "lists that are YAML's empty ones",
		values: { proxyInit: Object.fromEntries(Object.keys(lists).map((key) => [key, []])) },
	},
	...[
		"imageRegistry",
		"imagePullSecrets",
		"installNamespace",
		"commonLabels",
		"networkPolicy",
		"podMonitor",
		"proxyInit.image",
		"proxyInit.image.name",
		"proxyInit.resources",
		"proxyInit.resources.cpu",
		"proxyInit.resources.memory.limit",
		"proxyInit.logLevel",
		"proxyInit.logFormat",
		"networkValidator.image",
		"networkValidator.securityContext",
		"proxy.image",
		"proxy.gid",
		"proxy.resources",
		"proxy.resources.cpu",
		"proxy.resources.cpu.request",
		"proxy.command",
		"proxy.args",
		"proxy.env",
		"injector.image",
		"injector.resources",
		"injector.nodeSelector",
		"injector.tolerations",
		"injector.podAnnotations",
		"injector.podLabels",
		"injector.podDisruptionBudget",
		"injector.topologySpreadConstraints",
		"injector.webhook.excludedNamespaces",
		"injector.webhook.objectExpressions",
		"injector.tls.issuerRef",
		"injector.tls.existingSecret",
	].map((key) => ({ name: `null for ${key}`, values: { cniEnabled: true }, set: [`${key}=null`] })),
	{
		name: "numbers as text",
		setString: [
			"proxy.uid=2200,proxy.gid=2201,proxy.ports.inbound=5143,proxy.ports.admin=5191",
			"proxyInit.runAsUser=1000,proxyInit.runAsGroup=1000,proxyInit.ignoreInboundPorts=25",
			"injector.replicas=2,injector.port=10250,injector.adminPort=9996,injector.webhook.timeoutSeconds=5",
			"injector.runAsUser=3000,injector.runAsGroup=3000,injector.podDisruptionBudget.maxUnavailable=50%",
		],
		set: ["injector.podDisruptionBudget.enabled=true,networkPolicy.enabled=true"],
	},
	{
		name: "numbers as numbers",
		set: [
			"proxy.uid=2200,proxy.gid=2201,proxy.ports.inbound=5143,injector.port=10250",
			"proxyInit.ignoreInboundPorts=25,proxyInit.skipUids=1000000,proxyInit.image.version=20260101",
		],
	},
	{ name: "large numbers in a file", values: { proxy: { uid: 2_147_483_647, gid: 2_000_000_000 } } },
	{
		name: "a private registry",
		values: {
			imageRegistry: "registry.example.com:5000/mirror/",
			imagePullPolicy: "Always",
			imagePullSecrets: [{ name: "one" }, { name: "two" }],
			proxy: { kind: "envoy" },
		},
	},
	{
		name: "a private registry beside images with registries of their own",
		values: {
			imageRegistry: "registry.example.com",
			proxyInit: { image: { name: "other.example.com/init", version: "v1", pullPolicy: "Never" } },
			proxy: { image: { name: "localhost/proxy", version: "v2" } },
			networkValidator: { image: { name: "team/validator" } },
			injector: { image: { name: "host:5000/shunt", version: `sha256:${"0".repeat(64)}` } },
			cniEnabled: true,
		},
	},
	{ name: "a custom proxy", values: { proxy: custom } },
	{
		name: "a custom proxy with everything",
		values: {
			proxy: {
				...custom,
				nativeSidecar: false,
				command: ["/proxy", "--a: b", "it's", '"quoted"'],
				args: ["--port=$(SHUNT_INBOUND_PORT)", "{{ .Values }}", "- x", "", "é✓😀", "yes", "0x10"],
				env: [
					{ name: "A", value: "1" },
					{ name: "B", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
				],
				readinessPath: "/r?x=1",
				livenessPath: "/healthz",
			},
		},
	},
	{
		name: "odd strings",
		values: {
			commonLabels: { team: "on", "example.com/a": "1.0" },
			proxy: { args: ["#", "a: b", "a #b", "'", '"', "\\", "{{ fail }}", "line\nline", " x ", "~", "null"] },
			injector: {
				podAnnotations: {
					quotes: `"'`,
					colon: "a: b",
					template: "{{ .Release.Name }}",
					unicode: "größe ✓ 😀",
					lines: "one\ntwo\n",
					blank: " ",
					empty: "",
					"example.com/json": '{"a":[1,2]}',
					yes: "yes",
				},
				podLabels: { tier: "0777" },
				priorityClassName: "system-cluster-critical",
			},
		},
	},
	{
		name: "amounts of every kind",
		values: {
			proxy: {
				resources: {
					cpu: { request: 0.5, limit: 1 },
					memory: { request: "20Mi", limit: 250_000_000 },
					"ephemeral-storage": { request: ".5Gi", limit: "1e9" },
				},
			},
			injector: { resources: { cpu: { limit: "1" }, "ephemeral-storage": { limit: "1Gi" } } },
		},
	},
	{
		name: "amounts for the init container",
		values: {
			proxyInit: { resources: { cpu: { request: "20m" }, "ephemeral-storage": { limit: "1Gi" } } },
			proxy: { resources: { memory: { limit: "128Mi" }, "ephemeral-storage": { request: "1Mi" } } },
		},
	},
	{
		name: "amounts for the validator, beside a limited container",
		values: {
			cniEnabled: true,
			proxyInit: { resources: { memory: { request: 64_000_000, limit: 64_000_000 } } },
			injector: { resources: { cpu: { limit: 2 } } },
		},
	},
	{ name: "little for the validator", values: { cniEnabled: true, injector: { resources: null } } },
	{
		name: "a lock elsewhere",
		values: { proxyInit: { xtMountPath: { name: "lock", mountPath: "/var/run/x y" } } },
	},
	{ name: "a privileged init container", set: ["proxyInit.privileged=true"] },
	{ name: "an init container as root", set: ["proxyInit.runAsRoot=true"] },
	{ name: "an init container with tools", set: ["proxyInit.tools=true"] },
	{ name: "an init container of mode plain", set: ["proxyInit.iptablesMode=plain"] },
	{
		name: "a validator of one's own",
		values: {
			cniEnabled: true,
			networkValidator: {
				connectAddr: "192.0.2.1:80",
				listenAddr: "[::]:4140",
				timeout: "500ms",
				logLevel: "info",
				logFormat: "json",
				securityContext: { runAsUser: 0, capabilities: { drop: ["ALL"] } },
			},
		},
	},
	{
		name: "a validator without a security context",
		values: { cniEnabled: true, networkValidator: { enableSecurityContext: false } },
	},
	{ name: "no validator", values: { cniEnabled: true, networkValidator: { enabled: false } } },
	{
		name: "no validator and no native sidecars",
		values: { cniEnabled: true, networkValidator: { enabled: false }, proxy: { nativeSidecar: false } },
	},
	{ name: "cert-manager", set: ["injector.tls.source=cert-manager"] },
	{
		name: "cert-manager with an issuer",
		set: [
			"injector.tls.source=cert-manager",
			"injector.tls.issuerRef.name=ca,injector.tls.issuerRef.kind=ClusterIssuer",
		],
	},
	{ name: "a given certificate", values: { injector: { tls: tlsGiven } } },
	{
		name: "a certificate in a Secret",
		values: { injector: { tls: { source: "provided", existingSecret: "mine", ca: tlsGiven.ca } } },
	},
	{ name: "a network policy", values: { networkPolicy: { enabled: true } } },
	{
		name: "a network policy with ranges and peers",
		values: {
			networkPolicy: { enabled: true, metricsFrom: [{ namespaceSelector: { matchLabels: { a: "b" } } }] },
			proxyInit: { kubeAPIServerPorts: "443,6443-6450" },
		},
	},
	{ name: "pod monitors", values: { podMonitor: { enabled: true, labels: { release: "prometheus" } } } },
	{ name: "one pod monitor", values: { podMonitor: { enabled: true, proxy: { enabled: false } } } },
	{ name: "the other pod monitor", values: { podMonitor: { enabled: true, injector: { enabled: false } } } },
	{ name: "no events", set: ["injector.events=false"] },
	{ name: "no namespace", set: ["installNamespace=false"] },
	{ name: "a namespace", set: ["installNamespace=true,cniEnabled=true"] },
	{
		name: "a webhook of one's own",
		values: {
			injector: {
				webhook: {
					failurePolicy: "Fail",
					timeoutSeconds: 30,
					reinvocationPolicy: "IfNeeded",
					excludedNamespaces: ["kube-system", "ns"],
					namespaceExpressions: [{ key: "team", operator: "In", values: ["a", "b"] }],
					objectExpressions: [{ key: "skip", operator: "DoesNotExist" }],
				},
			},
		},
	},
	{
		name: "a place of one's own",
		values: {
			injector: {
				nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
				tolerations: [
					{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
					{ operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 },
				],
				podAntiAffinity: "preferred",
				topologySpreadConstraints: [
					{
						maxSkew: 2,
						topologyKey: "zone",
						whenUnsatisfiable: "DoNotSchedule",
						labelSelector: { matchLabels: { a: "b" } },
					},
				],
			},
		},
	},
	{
		name: "ports that are ignored anyway",
		values: { proxyInit: { ignoreInboundPorts: "8443,4191,9995,25,25" }, injector: { port: 4444 } },
	},
	{ name: "part of a larger chart", values: { global: { clusterDomain: "cluster.local" } } },
	{
		name: "values as for Linkerd",
		values: {
			cniEnabled: false,
			disableIPv6: true,
			imagePullSecrets: [],
			proxyInit: {
				closeWaitTimeoutSecs: 0,
				ignoreInboundPorts: "4567,4568",
				ignoreOutboundPorts: "4567,4568",
				iptablesMode: "nft",
				kubeAPIServerPorts: "443,6443",
				logFormat: "plain",
				logLevel: "",
				privileged: false,
				runAsGroup: 65_534,
				runAsRoot: false,
				runAsUser: 65_534,
				skipSubnets: "",
				xtMountPath: { mountPath: "/run", name: "linkerd-proxy-init-xtables-lock" },
			},
			proxy: {
				gid: -1,
				image: { name: "", pullPolicy: "", version: "" },
				logFormat: "plain",
				nativeSidecar: false,
				ports: { admin: 4191, control: 4190, inbound: 4143, outbound: 4140 },
				resources: {
					cpu: { limit: "", request: "" },
					"ephemeral-storage": { limit: "", request: "" },
					memory: { limit: "", request: "" },
				},
				uid: 2102,
			},
			networkValidator: {
				connectAddr: "",
				enableSecurityContext: true,
				listenAddr: "",
				logFormat: "plain",
				logLevel: "debug",
				timeout: "10s",
			},
		},
	},
];
