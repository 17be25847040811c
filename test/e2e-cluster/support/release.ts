import { expect } from "vitest";
import { raw } from "./api.ts";
import { get, kubectl, registry, run, succeed } from "./cluster.ts";

/** A dialect of rules that can be asked for by name. */
export type Mode = "legacy" | "nft" | "nftables";

/** A value of the chart, `key=value`. */
export type Value = string;

const images: readonly Value[] = registry === "" ? [] : [`imageRegistry=${registry}`];

export function sets(values: readonly Value[]): string[] {
	return [...images, ...values].flatMap((value) => ["--set", value]);
}

/** `shunt install | kubectl apply -f -`, and until the injector answers. */
export async function install(...values: readonly Value[]): Promise<void> {
	await pipe(["install", ...sets(values)], "apply");
	await settled();
}

/** `shunt upgrade | kubectl apply -f -`, and until the injectors that run are of that release. */
export async function upgrade(...values: readonly Value[]): Promise<void> {
	await pipe(["upgrade", ...sets(values)], "apply");
	await settled();
}

/** `shunt uninstall | kubectl delete -f -` */
export async function uninstall(): Promise<void> {
	await pipe(["uninstall"], "delete");
}

async function pipe(args: readonly string[], verb: "apply" | "delete"): Promise<void> {
	const manifests = await succeed("shunt", args);
	await succeed("kubectl", [verb, "-f", "-"], manifests);
}

/** Until the newest release is rolled out, as anybody would wait for it: from then on a new pod is of that release. */
export async function settled(): Promise<void> {
	await kubectl("rollout", "status", "deployment/shunt-injector", "-n", "shunt", "--timeout=120s");
}

const injector = "app.kubernetes.io/name=shunt,app.kubernetes.io/component=injector";

/** What an injector says to Prometheus, of those that are not ending. */
export async function injectorMetrics(): Promise<string> {
	interface Pods {
		readonly items: readonly { readonly metadata: { name: string; deletionTimestamp?: string } }[];
	}
	const { items } = await get<Pods>("pods", "-n", "shunt", "-l", injector);
	const name = items.find(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name;
	return raw(`/api/v1/namespaces/shunt/pods/${name}:9995/proxy/metrics`);
}

/** How many pods of the injector there are, those that end included. */
export async function injectorPods(): Promise<number> {
	return (await get<{ items: object[] }>("pods", "-n", "shunt", "-l", injector)).items.length;
}

export interface Check {
	readonly id: string;
	readonly result: string;
	readonly [field: string]: unknown;
}

/** `shunt check`: its exit status, and each check with its result. */
export async function check(
	...args: readonly string[]
): Promise<{ status: number | null; checks: readonly Check[] }> {
	const { status, stdout, stderr } = await run("shunt", ["check", "-o", "json", ...args]);
	expect(stdout, stderr).toMatch(/^\{/);
	const { categories } = JSON.parse(stdout) as { categories: { checks: Check[] }[] };
	return { status, checks: categories.flatMap(({ checks }) => checks) };
}

/** Takes namespaces of a test with all that is in them; those that are not there are no matter. */
export async function removeNamespaces(...names: readonly string[]): Promise<void> {
	await kubectl("delete", "namespace", ...names, "--ignore-not-found", "--timeout=120s");
}
