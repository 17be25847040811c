import { dirname } from "node:path";
import { type Cluster, KubeConfig } from "@kubernetes/client-node";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import { NotTextError, readingProblem, readTextFile } from "../host/node-text.ts";
import { shapeProblem } from "./kubeconfig-shape.ts";

/** Where the way to a cluster is written down, in the order in which kubectl looks. */
export type KubeconfigSource =
	| { readonly kind: "files"; readonly files: readonly string[] }
	/** In a pod, with its service account. */
	| { readonly kind: "pod" }
	| { readonly kind: "none" };

/** Reads the files, the first of them deciding where two say different things, and picks the context. */
export function readKubeconfig(
	source: Exclude<KubeconfigSource, { readonly kind: "none" }>,
	context: string | undefined,
): Result<KubeConfig> {
	const config = new KubeConfig();
	if (source.kind === "pod") {
		config.loadFromCluster();
	} else {
		const read = source.files.map(readFile);
		const problems = read.flatMap((result) => (result.ok ? [] : result.problems));
		if (problems.length > 0) {
			return err(...problems);
		}
		const configs = read.flatMap((result) => (result.ok ? [result.value] : []));
		config.loadFromOptions({
			clusters: firstOfEachName(configs.flatMap(({ clusters }) => clusters)),
			users: firstOfEachName(configs.flatMap(({ users }) => users)),
			contexts: firstOfEachName(configs.flatMap(({ contexts }) => contexts)),
			currentContext: configs.find(({ currentContext }) => currentContext)?.currentContext ?? "",
		});
	}
	if (context !== undefined) {
		config.setCurrentContext(context);
	}
	const problem = contextProblem(config, context, placeOf(source));
	return problem === undefined ? ok(config) : err(problem);
}

function readFile(file: string): Result<KubeConfig> {
	try {
		// Not by the library's loadFromFile, which would take a file of any encoding for UTF-8.
		const text = readTextFile(file);
		const problem = shapeProblem(text, file);
		return problem === undefined ? ok(parseKubeconfig(text, dirname(file))) : err(problem);
	} catch (error) {
		if (error instanceof NotTextError) {
			return err(readingProblem(file, error, "a kubeconfig file"));
		}
		// What the library trips over where the file holds something else.
		const isOther = error instanceof TypeError;
		const reason = isOther ? "it is no kubeconfig" : String(error instanceof Error ? error.message : error);
		return err({
			source: file,
			complaint: `cannot be read: ${reason.split("\n", 1)[0]}`,
			accepted: "a kubeconfig file",
		});
	}
}

function parseKubeconfig(text: string, folder: string): KubeConfig {
	const config = new KubeConfig();
	config.loadFromString(text);
	config.makePathsAbsolute(folder);
	return config;
}

function firstOfEachName<T extends { readonly name: string }>(items: readonly T[]): T[] {
	return items.filter((item, index) => items.findIndex(({ name }) => name === item.name) === index);
}

function contextProblem(config: KubeConfig, given: string | undefined, place: string): Problem | undefined {
	const names = config.getContexts().map(({ name }) => name);
	const accepted = names.length === 0 ? "a context; there is none" : `one of ${names.join(", ")}`;
	const wanted = config.getCurrentContext();
	if (!wanted) {
		return { source: place, complaint: "says no current context", accepted: `--context with ${accepted}` };
	}
	const source = given === undefined ? `${place}: current-context` : "--context";
	const context = config.getContextObject(wanted);
	if (context === null) {
		return { source, value: wanted, complaint: `is no context of ${place}`, accepted };
	}
	const cluster = config.getCluster(context.cluster);
	return cluster === null
		? {
				source,
				value: wanted,
				complaint: `is for the cluster ${JSON.stringify(context.cluster)}, which ${place} does not have`,
				accepted: "a context whose cluster is there",
			}
		: serverProblem(cluster, place);
}

function serverProblem({ name, server }: Cluster, place: string): Problem | undefined {
	if (URL.canParse(server) && /^https?:\/\/[^/]/i.test(server)) {
		return undefined;
	}
	return {
		source: `${place}: server of the cluster ${JSON.stringify(name)}`,
		// What stands before an @ may be a password.
		value: server.replace(/^.*@/s, "…@"),
		complaint: "is no address of an API server",
		accepted: "https://HOST:PORT, or http://",
	};
}

function placeOf(source: KubeconfigSource): string {
	return source.kind === "files" ? source.files.join(", ") : "the pod's service account";
}
