import { kubectl } from "./cluster.ts";

/** Made and taken by the cluster itself all the time, by nobody's wish. */
const restless = /^(?:events|leases|ipaddresses|endpointslices|endpoints)(?:\.|$)/;

/** Every object of the cluster that can be listed, `KIND NAMESPACE/NAME`: what an uninstall is held against. */
export async function allObjects(): Promise<string[]> {
	const kinds = (await kubectl("api-resources", "--verbs=list", "--output=name")).split("\n").filter(Boolean);
	const names = 'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}';
	const listed = kinds.filter((kind) => !restless.test(kind)).join(",");
	const objects = await kubectl("get", listed, "--all-namespaces", "-o", names);
	return [...new Set(objects.split("\n").filter(Boolean))].sort();
}
