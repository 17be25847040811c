import { imageOf, type KubeObject, shuntImage } from "./cluster.ts";
import { serverSpec } from "./workloads.ts";

/** Of an init container: with the program alone, or with iptables and nft beside it. */
export type LinkerdImage = "shunt-init" | "shunt-init-tools";

interface Named {
	readonly name: string;
	readonly namespace: string;
}

/**
 * A pod as Linkerd's injector writes it (its _proxy-init.tpl, _network-validator.tpl and _proxy.tpl, with native sidecars): the
 * arguments, their order, the command, the security context and the volume are Linkerd's, and nothing was ever asked of
 * Shunt's injector. Instead of the image with proxy-init it names ours. Linkerd's proxy is in no registry that tests may ask, so
 * a proxy of ours stands under its name, as its user and on its ports.
 */
export function linkerdPod({ name, namespace }: Named, way: LinkerdImage | "CNI"): KubeObject {
	const { containers, ...rest } = serverSpec();
	const first = way === "CNI" ? networkValidator : { ...proxyInit, image: imageOf(way) };
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			name,
			namespace,
			labels: { app: name, "linkerd.io/control-plane-ns": "linkerd", "linkerd.io/workload-ns": namespace },
			annotations: {
				"linkerd.io/created-by": "linkerd/proxy-injector edge-26.7.2",
				"linkerd.io/inject": "enabled",
				"linkerd.io/proxy-version": "edge-26.7.2",
				"config.linkerd.io/skip-inbound-ports": "8081",
			},
		},
		spec: {
			...rest,
			initContainers: [first, linkerdProxy],
			containers,
			volumes: way === "CNI" ? [] : [{ name: "linkerd-proxy-init-xtables-lock", emptyDir: {} }],
		},
	};
}

const restricted = {
	allowPrivilegeEscalation: false,
	readOnlyRootFilesystem: true,
	runAsNonRoot: true,
	seccompProfile: { type: "RuntimeDefault" },
};

const proxyInit = {
	name: "linkerd-init",
	command: ["/usr/lib/linkerd/linkerd2-proxy-init"],
	args: [
		...["--firewall-bin-path", "iptables-nft", "--firewall-save-bin-path", "iptables-nft-save"],
		"--ipv6=false",
		...["--incoming-proxy-port", "4143", "--outgoing-proxy-port", "4140", "--proxy-uid", "2102"],
		...["--inbound-ports-to-ignore", "4190,4191,8081,4567,4568"],
		...["--outbound-ports-to-ignore", "4567,4568"],
	],
	securityContext: {
		...restricted,
		privileged: false,
		runAsUser: 65534,
		runAsGroup: 65534,
		capabilities: { add: ["NET_ADMIN", "NET_RAW"] },
	},
	terminationMessagePolicy: "FallbackToLogsOnError",
	volumeMounts: [{ name: "linkerd-proxy-init-xtables-lock", mountPath: "/run" }],
};

const networkValidator = {
	name: "linkerd-network-validator",
	image: shuntImage,
	command: ["/usr/lib/linkerd/linkerd2-network-validator"],
	args: [
		...["--log-format", "plain", "--log-level", "debug"],
		...["--connect-addr", "1.1.1.1:20001", "--listen-addr", "0.0.0.0:4140", "--timeout", "10s"],
	],
	securityContext: {
		...restricted,
		runAsUser: 65534,
		runAsGroup: 65534,
		capabilities: { drop: ["ALL"] },
	},
	terminationMessagePolicy: "FallbackToLogsOnError",
};

const linkerdProxy = {
	name: "linkerd-proxy",
	image: shuntImage,
	restartPolicy: "Always",
	command: ["/usr/bin/shunt", "proxy", "--ipv6=false"],
	securityContext: { ...restricted, runAsUser: 2102, capabilities: { drop: ["ALL"] } },
	startupProbe: { httpGet: { path: "/ready", port: 4191 }, failureThreshold: 120, periodSeconds: 1 },
};
