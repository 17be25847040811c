import type { ApiConstructor, ApiType } from "@kubernetes/client-node";

/** A cluster to ask, by the generated clients of @kubernetes/client-node. */
export interface Cluster {
	/** Its address, for messages. */
	readonly server: string;
	/** A client such as `CoreV1Api`, whose every request has the deadline of `--request-timeout`. */
	api<T extends ApiType>(type: ApiConstructor<T>): T;
	/** The answer to a request of such a client. Rejects with a ClusterError. */
	ask<T>(request: Promise<T>): Promise<T>;
	/** The same; undefined where there is no such object. */
	find<T>(request: Promise<T>): Promise<T | undefined>;
}

/** What a list's request says of pages. */
export interface PageRequest {
	readonly limit: number;
	readonly _continue?: string;
}

interface Page<T> {
	readonly items: readonly T[];
	readonly metadata?: { readonly _continue?: string };
}

const pageSize = 500;

/** All items of a list, page by page: `allPages((page) => cluster.ask(core.listPodForAllNamespaces(page)))`. */
export async function allPages<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
	const items: T[] = [];
	let next: string | undefined;
	do {
		const page = await list({ limit: pageSize, ...(next ? { _continue: next } : {}) });
		items.push(...page.items);
		next = page.metadata?._continue;
	} while (next);
	return items;
}
