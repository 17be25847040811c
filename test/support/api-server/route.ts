/** What a URL of the Kubernetes API is about. */
export interface Route {
	/** `v1`, `events.k8s.io/v1` */
	readonly apiVersion: string;
	readonly resource: string;
	readonly namespace: string | undefined;
	readonly name: string | undefined;
	/** `log`, `status`, … of an object. */
	readonly subresource?: string;
}

/** `/api/v1/namespaces/web/pods/a`, `/apis/GROUP/VERSION/RESOURCE`; undefined for anything else. */
export function parseRoute(path: string): Route | undefined {
	const [, root, ...rest] = path.split("/").map(decodeURIComponent);
	const versionParts = root === "api" ? 1 : root === "apis" ? 2 : rest.length;
	const apiVersion = rest.slice(0, versionParts).join("/");
	const steps = rest.slice(versionParts);
	const isInNamespace = steps[0] === "namespaces" && steps.length > 2;
	const [resource, name, subresource, ...others] = isInNamespace ? steps.slice(2) : steps;
	if (resource === undefined || resource === "" || others.length > 0) {
		return undefined;
	}
	const namespace = isInNamespace ? steps[1] : undefined;
	return { apiVersion, resource, namespace, name, ...(subresource === undefined ? {} : { subresource }) };
}
