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
