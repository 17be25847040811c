import type { ServerResponse } from "node:http";
import type { Route } from "./route.ts";
import { Status } from "./status.ts";
import { keyOf, type Store } from "./store.ts";

/** What containers printed, by `namespace/pod`; a kubelet of the test's writes it. */
export type PodLogs = Map<string, string>;

export function isAboutLog({ resource, subresource }: Route): boolean {
	return resource === "pods" && subresource === "log";
}

export function sendLog(
	response: ServerResponse,
	{ namespace = "", name = "" }: Route,
	from: { readonly store: Store; readonly logs: PodLogs },
): void {
	if (from.store.get("v1/pods", keyOf({ namespace, name })) === undefined) {
		throw new Status(404, "NotFound", `pods "${name}" not found`);
	}
	response.writeHead(200, { "content-type": "text/plain" });
	response.end(from.logs.get(`${namespace}/${name}`) ?? "");
}
