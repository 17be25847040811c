import { describe, expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { readPluginConfig } from "./plugin-config.ts";

function configOf(entry: object) {
	const { config } = readPluginConfig({ ...entry });
	return config.ok ? config.value : config.problems.map(formatProblem);
}

/** As the chart linkerd2-cni makes it, with a `policy` of installations long ago. */
const linkerdEntry = {
	cniVersion: "1.0.0",
	name: "k8s",
	type: "linkerd-cni",
	log_level: "debug",
	policy: { type: "k8s", k8s_api_root: "https://10.0.0.1:443", k8s_auth_token: "x" },
	kubernetes: { kubeconfig: "/etc/cni/net.d/ZZZ-linkerd-cni-kubeconfig" },
	linkerd: {
		"incoming-proxy-port": 4143,
		"outgoing-proxy-port": 4140,
		"proxy-uid": 2102,
		"ports-to-redirect": [],
		"inbound-ports-to-ignore": ["4191", "4190", "25,587".split(",")[0]],
		"outbound-ports-to-ignore": ["443", "5432-5440"],
		"subnets-to-ignore": ["10.0.0.0/8"],
		simulate: false,
		"use-wait-flag": false,
		"iptables-mode": "nft",
		ipv6: true,
	},
};

describe("linkerd-cni's entry", () => {
	it("is taken as it is", () => {
		expect(configOf(linkerdEntry)).toMatchObject({
			mode: "nft",
			simulate: false,
			logLevel: "debug",
			logFile: undefined,
			excludedNamespaces: [],
			linkerd: {
				mode: "nft",
				defaults: {
					reservedPorts: [
						{ low: 4191, high: 4191 },
						{ low: 4190, high: 4190 },
						{ low: 25, high: 25 },
					],
					policy: {
						families: ["ipv4", "ipv6"],
						inbound: { proxyPort: 4143, portsToIgnore: [], subnetsToIgnore: [{ network: "10.0.0.0" }] },
						outbound: {
							proxyPort: 4140,
							proxyUid: 2102,
							proxyGid: undefined,
							portsToIgnore: [
								{ low: 443, high: 443 },
								{ low: 5432, high: 5440 },
							],
						},
					},
				},
			},
		});
	});

	it("means what linkerd-cni means by what it leaves out", () => {
		const linkerd = { "incoming-proxy-port": 4143, "outgoing-proxy-port": 4140 };
		expect(configOf({ log_level: "whatever", linkerd: { ...linkerd, "iptables-mode": "" } })).toMatchObject({
			mode: "legacy",
			logLevel: "warn",
			linkerd: {
				simulate: false,
				defaults: { policy: { families: ["ipv4"], outbound: { proxyUid: undefined } } },
			},
		});
	});

	it("that is wrong is refused with every mistake at once", () => {
		const linkerd = {
			"outgoing-proxy-port": 70_000,
			"proxy-uid": "root",
			"inbound-ports-to-ignore": ["80-20", 5, {}],
			"subnets-to-ignore": "10.0.0.0/8",
			simulate: "no",
			"iptables-mode": "ebpf",
			"proxy-uuid": 7,
		};
		expect(configOf({ linkerd, log_level: 3, kubernetes: [] })).toEqual([
			expect.stringMatching(/^linkerd\.iptables-mode: "ebpf" is not a mode/),
			'linkerd.simulate: "no" is not a switch (want true or false, without quotes)',
			"linkerd.incoming-proxy-port: is missing (want a port from 1 to 65535)",
			expect.stringMatching(/^linkerd\.inbound-ports-to-ignore: "80-20" is not a port range/),
			'linkerd.inbound-ports-to-ignore: "{}" is neither a text nor a number (want a text or a number)',
			'linkerd.subnets-to-ignore: "10.0.0.0/8" is not a list (want […])',
			expect.stringMatching(/^linkerd\.outgoing-proxy-port: "70000" is not a valid TCP port/),
			expect.stringMatching(/^linkerd\.proxy-uid: "root" is not a valid user id/),
			"linkerd.proxy-uuid: is not known (want proxy-uid)",
			'kubernetes: "[]" is not an object (want {…})',
			'log_level: "3" is not a text (want a text in quotes)',
		]);
	});

	it("may have keys that a later Linkerd adds", () => {
		const linkerd = { "incoming-proxy-port": 4143, "outgoing-proxy-port": 4140, "quantum-mode": true };
		const { config, remarks } = readPluginConfig({ linkerd });
		expect(config.ok).toBe(true);
		expect(remarks).toEqual(["linkerd.quantum-mode is not known and says nothing here"]);
	});
});

describe("our own block", () => {
	it("may be left out, with all that is in it", () => {
		expect(configOf({})).toEqual({
			mode: "auto",
			transport: "auto",
			simulate: false,
			excludedNamespaces: [],
			logLevel: "info",
			logFile: undefined,
			runDir: "/run/shunt",
			binDir: undefined,
			policyWaitMs: 5000,
			agent: undefined,
			apiServerPorts: [
				{ low: 443, high: 443 },
				{ low: 6443, high: 6443 },
			],
			linkerd: undefined,
		});
	});

	it("counts more than linkerd-cni's keys, and adds to its namespaces", () => {
		const shunt = {
			mode: "nftables",
			transport: "kernel",
			excludeNamespaces: ["kube-system", "tools"],
			logLevel: "error",
			logFile: "/run/shunt/cni.log",
			runDir: "/run/other/",
			binDir: "/opt/shunt/bin",
			policyWait: "250ms",
			agent: { namespace: "shunt-cni", daemonSet: "shunt-agent" },
			apiServerPorts: ["6443"],
		};
		const kubernetes = { exclude_namespaces: ["kube-system", "cert-manager"] };
		const { excludeNamespaces: _, policyWait: __, ...same } = shunt;
		expect(configOf({ ...linkerdEntry, kubernetes, shunt })).toMatchObject({
			...same,
			excludedNamespaces: ["kube-system", "cert-manager", "tools"],
			runDir: "/run/other",
			policyWaitMs: 250,
			apiServerPorts: [{ low: 6443, high: 6443 }],
		});
	});

	it("takes no key that it does not know, and says which and with what value", () => {
		const read = readPluginConfig({
			shunt: { logfile: "/x", agent: { namespace: "a", daemonSet: "b", pod: 1 } },
		});
		expect(read.hasOnlyStrays).toBe(true);
		expect(read.config.ok ? [] : read.config.problems.map(formatProblem)).toEqual([
			'shunt.logfile: "/x" is of a key that is not known (want logFile)',
			'shunt.agent.pod: "1" is of a key that is not known (want one of namespace, daemonSet)',
		]);
	});

	it.each([
		[{ runDir: "run" }, 'shunt.runDir: "run" is not a path (want an absolute path without ..)'],
		[{ binDir: "/a/../b" }, 'shunt.binDir: "/a/../b" is not a path (want an absolute path without ..)'],
		[{ policyWait: "2m" }, 'shunt.policyWait: "2m" is too long (want at most 60s)'],
		[{ policyWait: 5 }, 'shunt.policyWait: "5" is not a text (want a text in quotes)'],
		[{ excludeNamespaces: ["Kube_System"] }, /^shunt\.excludeNamespaces: "Kube_System" is not a name/],
		[
			{ transport: "netlink" },
			'shunt.transport: "netlink" is not a way to make rules (want one of auto, kernel, tools)',
		],
		[{ transport: true }, 'shunt.transport: "true" is not a text (want a text in quotes)'],
		[{ transport: "" }, 'shunt.transport: "" is not a way to make rules (want one of auto, kernel, tools)'],
		[{ mode: "best" }, /^shunt\.mode: "best" is not a mode/],
	])("refuses %j", (shunt, sentence) => {
		expect(configOf({ shunt })).toEqual([
			typeof sentence === "string" ? sentence : expect.stringMatching(sentence),
		]);
		expect(readPluginConfig({ shunt }).hasOnlyStrays).toBe(false);
	});
});
