import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { describeDocumentedChart } from "../support/documented-chart.ts";
import { renderWithHelm } from "../support/helm.ts";
import { flagsOf } from "../support/ours.ts";
import { chartFolder, distributions, type Given, render, withGiven } from "./support/cni-chart.ts";

const read = (name: string) => readFileSync(`${chartFolder}${name}`, "utf8");

describeDocumentedChart({
	folder: chartFolder,
	value: "destCNINetDir",
	tables: { distributions: distributionsTable },
});

function distributionsTable(): string {
	const rows = distributions.map((file) => {
		const { runtime, destCNINetDir, destCNIBinDir } = parse(read(file));
		return [`\`${file}\``, runtime, `\`${destCNINetDir}\``, `\`${destCNIBinDir}\``];
	});
	return [["values", "runtime", "networks", "plugins"], ["---", "---", "---", "---"], ...rows]
		.map((cells) => `| ${cells.join(" | ")} |`)
		.join("\n");
}

describe("the values for distributions", () => {
	it.each(distributions.map((file) => [file]))("%s names its source and where things are", (file) => {
		expect(read(file)).toMatch(/^# Source: \S/m);
		const { runtime, destCNINetDir, destCNIBinDir } = parse(read(file));
		expect([runtime, destCNINetDir, destCNIBinDir]).not.toContain(undefined);
	});

	it("are for all that are asked for", () => {
		const names = [
			"aks",
			"bottlerocket",
			"containerd",
			"crio",
			"eks",
			"gke",
			"k3s",
			"openshift",
			"rke2",
			"talos",
		];
		expect(distributions).toEqual(names.map((name) => `values-${name}.yaml`));
	});
});

it("a values file of linkerd2-cni can be used", () => {
	// Its own values.yaml, v1.7.0, without comments.
	const linkerds = {
		...{ inboundProxyPort: 4143, outboundProxyPort: 4140, ignoreInboundPorts: "", ignoreOutboundPorts: "" },
		...{ proxyAdminPort: 4191, proxyControlPort: 4190, podLabels: {}, commonLabels: {}, logLevel: "info" },
		...{ portsToRedirect: "", proxyUID: 2102, proxyGID: -1, destCNINetDir: "/etc/cni/net.d" },
		...{ destCNIBinDir: "/opt/cni/bin", useWaitFlag: false, iptablesMode: "nft", disableIPv6: true },
		...{ priorityClassName: "", revisionHistoryLimit: 10, enablePSP: false, privileged: false },
		updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
		tolerations: [{ operator: "Exists" }],
		image: { name: "cr.l5d.io/linkerd/cni-plugin", version: "v1.7.0", pullPolicy: "IfNotPresent" },
		...{ imagePullSecrets: [], extraInitContainers: [] },
		resources: {
			cpu: { limit: "", request: "" },
			memory: { limit: "", request: "" },
			"ephemeral-storage": { limit: "", request: "" },
		},
		repairController: {
			image: { name: "cr.l5d.io/linkerd/cni-plugin", version: "v1.7.0", pullPolicy: "" },
			...{ enabled: false, logLevel: "info", logFormat: "plain", enableSecurityContext: true },
			resources: { cpu: { limit: "", request: "" }, memory: { limit: "", request: "" } },
		},
	};
	expect(render({ name: "", values: linkerds })).toHaveLength(4);
});

describe("a bad value", () => {
	const refused: readonly (readonly [given: Omit<Given, "name">, complaint: string])[] = [
		[{ set: ["iptablesMode=nftt"] }, "iptablesMode"],
		[{ set: ["transport=netlink"] }, "transport"],
		[{ set: ["destCniNetDir=/x"] }, "destCniNetDir"],
		[{ set: ["repairController.enabled=often"] }, "enabled"],
		[{ set: ["repairController.deletePods=true"] }, "deletePods"],
		[{ set: ["repairController.deletePodsPerMinute=1"] }, "want repairController.enabled: true, or 0 here"],
		[
			{ set: ["repairController.enabled=true,repairController.deletePodsPerMinute=61"] },
			'repairController.deletePodsPerMinute: "61" is not a valid number of pods',
		],
		[{ set: ["repairController.netnsDir=netns"] }, "repairController.netnsDir"],
		[{ set: ["repairController.interval=often"] }, "repairController.interval"],
		[{ set: ["updateStrategy.rollingUpdate.maxSurge=1"] }, "maxSurge"],
		[{ set: ["enablePSP=true"] }, "enablePSP"],
		[{ set: ["runtime=docker"] }, "runtime"],
		[{ set: ["inboundProxyPort=0"] }, 'inboundProxyPort: "0" is not a valid TCP port'],
		[{ set: ["outboundProxyPort=70000"] }, 'outboundProxyPort: "70000" is not a valid TCP port'],
		[{ set: ["adminPort=x"] }, 'adminPort: "x" is not a valid TCP port'],
		[{ set: ["proxyUID=0"] }, 'proxyUID: "0" is not a valid user id for a proxy'],
		[{ set: ["proxyGID=-2"] }, 'proxyGID: "-2" is not a valid group id'],
		[{ set: ["maxConfNum=-1"] }, 'maxConfNum: "-1" is not a valid number of networks'],
		[{ set: ["ignoreInboundPorts=90-80"] }, 'ignoreInboundPorts: "90-80" is not a port range'],
		[{ set: ["portsToRedirect=80-90"] }, 'portsToRedirect: "80-90" is not a valid TCP port'],
		[{ set: ["kubeAPIServerPorts=https"] }, 'kubeAPIServerPorts: "https" is not a TCP port'],
		[{ set: ["excludeNamespaces=A"] }, 'excludeNamespaces: "A" is not a namespace\'s name'],
		[{ set: ["destCNINetDir=etc"] }, 'destCNINetDir: "etc" is not a folder of its own'],
		[{ set: ["destCNIBinDir=/"] }, 'destCNIBinDir: "/" is not a folder of its own'],
		[{ set: ["destCNIBinDir=/opt/../etc"] }, 'destCNIBinDir: "/opt/../etc" is not a folder of its own'],
		[{ set: ["destCNIBinDir=/etc/cni/net.d"] }, "is destCNINetDir too"],
		[{ setString: ["checkInterval=5"] }, 'checkInterval: "5" is not a valid duration'],
		[{ set: ["policyWait=soon"] }, 'policyWait: "soon" is not a valid duration'],
		[{ set: ["policyWait=1m1ms"] }, 'policyWait: "1m1ms" is too long (want at most 60s)'],
		[{ set: ["checkInterval=99ms"] }, 'checkInterval: "99ms" is not a valid duration'],
		[{ set: ["repairController.interval=0.0999s"] }, "from 100ms to 24d"],
		[{ set: ["proxyAdminPort=4190"] }, "uses a port twice"],
		[{ set: ["removeTaint=a b"] }, 'removeTaint: "a b" is not a taint\'s key'],
		[{ set: ["network=x"] }, 'network: "x" is nothing that containerd can be told'],
		[{ set: ["resources.cpu.request=lots"] }, 'resources.cpu.request: "lots" is not a quantity'],
		[{ set: ["image.version=a b"] }, 'image.version: "a b" is not an image tag'],
		[{ set: ["image.name=a:b"] }, 'image.name: "a:b" is not an image name'],
		[{ set: ["imageRegistry=a b"] }, 'imageRegistry: "a b" is not a registry'],
		[{ values: { image: { version: 1.5 } } }, 'image.version: "1.5" is what YAML makes of a number'],
		[{ set: ["commonLabels.app\\.kubernetes\\.io/name=x"] }, "is a label of the chart's own"],
		[{ set: ["podLabels.a=x,commonLabels.a=y"] }, 'podLabels: "a" is among commonLabels'],
		[{ set: ["podAnnotations.shunt\\.dev/inject=enabled"] }, "has no effect on the agent"],
		[{ set: ["nodeSelector.kubernetes\\.io/os=windows"] }, "is linux, always"],
	];

	it.each(refused)("is refused by both, and it is said why: %j", (given, complaint) => {
		const one = { name: "", ...given };
		const { files, sources } = withGiven(one);
		const helm = renderWithHelm(files, flagsOf(sources));
		expect(helm.ok ? "" : helm.error).toContain(complaint);
		expect(() => render(one)).toThrow(complaint);
	});

	it("is named with all the others", () => {
		const bad = { name: "", set: ["inboundProxyPort=0,proxyUID=0,destCNIBinDir=x,network=y"] };
		expect(() => render(bad)).toThrow(/inboundProxyPort[\s\S]*proxyUID[\s\S]*destCNIBinDir[\s\S]*network/);
	});
});

it.each(["_checks.tpl", "_lists.tpl"])(
	"templates/%s is that of the chart shunt, which Helm cannot share",
	(name) => {
		expect(read(`templates/${name}`)).toBe(read(`../shunt/templates/${name}`));
	},
);
