import { distributions, type Given } from "./cni-chart.ts";

const modes = ["legacy", "iptables", "nft", "plain", "nftables", "auto"];

/** By hand: every mode, every distribution, and every other value that the chart knows. */
export const given: readonly Given[] = [
	{ name: "nothing" },
	...modes.map((mode) => ({ name: `mode ${mode}`, set: [`iptablesMode=${mode}`] })),
	...distributions.map((file) => ({ name: file, files: [file] })),
	...["kernel", "tools"].map((way) => ({ name: `by way of ${way}`, set: [`transport=${way}`] })),
	{ name: "IPv6", set: ["disableIPv6=false"] },
	{ name: "without Linkerd's pods", set: ["linkerdPods=false"] },
	{
		name: "other ports and users",
		values: {
			inboundProxyPort: 15_006,
			outboundProxyPort: "15001",
			proxyAdminPort: 15_000,
			proxyControlPort: 15_020,
			proxyUID: 1_500_000,
			proxyGID: 3000,
			adminPort: 19_996,
		},
	},
	{
		name: "every list, as text",
		values: {
			ignoreInboundPorts: "25, 3306 ,80-80,4000-4010,4191",
			ignoreOutboundPorts: "443",
			portsToRedirect: "8080,9090",
			kubeAPIServerPorts: "16443",
			excludeNamespaces: "kube-system, monitoring",
		},
	},
	{
		name: "every list, as YAML's",
		values: {
			ignoreInboundPorts: [25, "4000-4010"],
			ignoreOutboundPorts: 443,
			portsToRedirect: [8080, "9090"],
			kubeAPIServerPorts: [443, 6443],
			excludeNamespaces: ["a", "b"],
		},
	},
	{
		name: "every list empty",
		values: Object.fromEntries(
			[
				...["ignoreInboundPorts", "ignoreOutboundPorts", "portsToRedirect", "kubeAPIServerPorts"],
				...["excludeNamespaces", "tolerations", "imagePullSecrets", "extraInitContainers"],
			].map((key) => [key, []]),
		),
	},
	{
		name: "every map and list null",
		values: Object.fromEntries(
			[
				...["ignoreInboundPorts", "excludeNamespaces", "tolerations", "imagePullSecrets", "nodeAffinity"],
				...["extraInitContainers", "nodeSelector", "podLabels", "podAnnotations", "commonLabels"],
				...["seLinuxOptions", "resources", "priorityClassName", "network", "imageRegistry", "image"],
			].map((key) => [key, null]),
		),
	},
	{
		name: "everything about pods",
		values: {
			podLabels: { tier: "node" },
			podAnnotations: { "example.com/a": 'x: "y"' },
			commonLabels: { team: "network" },
			nodeSelector: { pool: "a" },
			nodeAffinity: {
				requiredDuringSchedulingIgnoredDuringExecution: {
					nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "Exists" }] }],
				},
			},
			tolerations: [{ key: "a", operator: "Equal", value: "b", effect: "NoExecute", tolerationSeconds: 30 }],
			seLinuxOptions: { type: "spc_t" },
			imagePullSecrets: [{ name: "registry" }],
			extraInitContainers: [{ name: "wait", image: "example.com/wait:1", args: ["--for=it"] }],
			priorityClassName: "my-class",
			resources: { cpu: { request: "20m", limit: 1 }, "ephemeral-storage": { limit: "10Mi" } },
		},
	},
	{ name: "files about pods", set: ["watchPods=true"] },
	{ name: "a taint", set: ["removeTaint=shunt.dev/agent-not-ready"] },
	{ name: "repair", set: ["repairController.enabled=true"] },
	{
		name: "repair that deletes, and a folder of its own",
		values: {
			repairController: {
				...{ enabled: true, deletePodsPerMinute: "3", interval: "2s", netnsDir: "/run/crio/netns" },
			},
		},
	},
	{ name: "modes of nodes", set: ["reportDialects=true"] },
	{ name: "modes of nodes, with all privileges", set: ["reportDialects=true,privileged=true"] },
	{ name: "both", set: ["watchPods=true,removeTaint=not-ready"] },
	{ name: "privileged", set: ["privileged=true"] },
	{ name: "on deletion", set: ["updateStrategy.type=OnDelete"] },
	{ name: "a share of the nodes", set: ["updateStrategy.rollingUpdate.maxUnavailable=10%"] },
	{ name: "no share", set: ["updateStrategy.rollingUpdate=null"] },
	{ name: "uninstalling", set: ["uninstall=true", "logFormat=plain", "logLevel=debug"] },
	{ name: "in place of linkerd-cni", set: ["linkerdCni=replace", "maxConfNum=0", "checkInterval=1m"] },
	{ name: "CRI-O's network", set: ["runtime=cri-o", "network=multus-cni-network"] },
	{ name: "a registry", set: ["imageRegistry=registry.example.com/mirror/", "image.version=1.2"] },
	{
		name: "an image of another registry, by digest",
		set: [`image.name=example.com/cni,image.version=sha256:${"0".repeat(64)}`, "imageRegistry=a.b"],
	},
	{ name: "a namespace of its own", set: ["installNamespace=true"] },
	{ name: "no namespace", set: ["installNamespace=false"] },
];
