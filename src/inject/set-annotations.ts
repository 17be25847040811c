import { type JsonObject, objectAt, textAt, without } from "./json.ts";
import type { SetAnnotations } from "./record.ts";

/** A pod (or a namespace) with annotations set, and what that changed. */
export function setAnnotations(
	pod: JsonObject,
	set: Readonly<Record<string, string>>,
): { readonly pod: JsonObject; readonly changes: SetAnnotations } {
	const metadata = objectAt(pod, "metadata");
	const annotations = objectAt(metadata, "annotations");
	const changed = Object.entries(set).filter(([name, value]) => textAt(annotations, name) !== value);
	if (changed.length === 0) {
		return { pod, changes: { added: [], replaced: {} } };
	}
	const names = changed.map(([name]) => name);
	return {
		pod: {
			...pod,
			metadata: { ...metadata, annotations: { ...annotations, ...Object.fromEntries(changed) } },
		},
		changes: {
			added: names.filter((name) => !Object.hasOwn(annotations, name)),
			replaced: without(annotations, (name) => !names.includes(name)),
		},
	};
}
