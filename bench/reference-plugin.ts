import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { contendersFor, type Dialect } from "./contenders.ts";
import type { Command, Steps } from "./meter.ts";
import { findProgram } from "./programs.ts";
import type { StubApi } from "./stub-api.ts";

/**
 * What linkerd-cni does for a pod with a proxy and no annotations of its own: it asks the API server for the pod, for the
 * namespace once for each of five annotations (cmdAdd and getAnnotationOverride in linkerd2-proxy-init, cni-plugin/main.go),
 * all by one connection; then for each family it lists what is there and starts nsenter, which becomes iptables, for
 * every rule (executeCommand in pkg/iptables/iptables.go). curl, being small, stands in for its own process.
 */
export function referencePluginSteps(
	dialect: Exclude<Dialect, "nftables">,
	folder: string,
	api: StubApi,
): Steps {
	const rules = contendersFor(dialect, folder).find(({ id }) => id === "one-by-one")?.steps ?? [];
	const saves = ["iptables", "ip6tables"].map((name) => [
		{ argv: [findProgram(`${name}-${dialect}-save`), "-t", "nat"] } as const,
	]);
	return [...apiCalls(api), ...[...saves, ...rules].map((step) => step.map(inNamespace))];
}

/** Where scripts/reference.sh puts it. */
const installed = fileURLToPath(new URL("../dist/reference/linkerd-cni", import.meta.url));

/** Linkerd's own plugin, if there is one: what LINKERD_CNI names, or what scripts/reference.sh built. */
export function findLinkerdCni(env: NodeJS.ProcessEnv): string | undefined {
	const named = env["LINKERD_CNI"] ?? "";
	if (named !== "" && !existsSync(named)) {
		throw new Error(`LINKERD_CNI: "${named}" is not there (want the path of a linkerd-cni)`);
	}
	return named !== "" ? named : existsSync(installed) ? installed : undefined;
}

/** What its network configuration has instead of ours: the same policy, and how it reaches the stub. */
export function linkerdConfig(
	dialect: Exclude<Dialect, "nftables">,
	folder: string,
	{ port, authority }: StubApi,
): object {
	const kubeconfig = `${folder}/linkerd-cni-kubeconfig`;
	const name = "linkerd-cni-context";
	const cluster = {
		server: `https://127.0.0.1:${port}`,
		"certificate-authority": authority,
		"tls-server-name": "localhost",
	};
	writeFileSync(
		kubeconfig,
		JSON.stringify({
			apiVersion: "v1",
			kind: "Config",
			clusters: [{ name, cluster }],
			users: [{ name, user: { token: "none" } }],
			contexts: [{ name, context: { cluster: name, user: name } }],
			"current-context": name,
		}),
	);
	return {
		type: "linkerd-cni",
		log_level: "info",
		kubernetes: { kubeconfig },
		linkerd: {
			"incoming-proxy-port": 4143,
			"outgoing-proxy-port": 4140,
			"proxy-uid": 2102,
			"inbound-ports-to-ignore": ["4190", "4191", "4567", "4568"],
			"outbound-ports-to-ignore": ["4567", "4568"],
			"iptables-mode": dialect,
			ipv6: true,
		},
	};
}

/** The calls alone. */
export function apiCalls({ socket, authority }: StubApi): Steps {
	const namespace = "https://localhost/api/v1/namespaces/shop";
	const urls = [`${namespace}/pods/web-0`, ...Array.from({ length: 5 }, () => namespace)];
	const options = ["--silent", "--fail", "--cacert", authority, "--unix-socket", socket];
	const outputs = urls.flatMap((url) => ["--output", "/dev/null", url]);
	return [[{ argv: [findProgram("curl"), ...options, ...outputs] }]];
}

function inNamespace({ argv, ...rest }: Command): Command {
	return { ...rest, argv: [findProgram("nsenter"), "--net=/proc/self/ns/net", "--", ...argv] };
}
