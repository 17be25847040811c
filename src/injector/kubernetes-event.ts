import { hostname } from "node:os";
import { type EventsV1Event, V1MicroTime } from "@kubernetes/client-node";
import type { EventNote } from "./event-note.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export function eventOf({ reason, note, regarding }: EventNote): EventsV1Event {
	const { apiVersion, kind, name, namespace, uid } = regarding;
	return {
		metadata: { generateName: `${stemOf(name)}-`, namespace },
		eventTime: new V1MicroTime(),
		reportingController: "shunt.dev/injector",
		// Of a pod its name, which fits: both end at 128 characters or before.
		reportingInstance: hostname().slice(0, 128),
		action: "Inject",
		reason,
		regarding: { apiVersion, kind, name, namespace, ...(uid === undefined ? {} : { uid }) },
		note: note.slice(0, 1024),
		type: "Normal",
	};
}

/**
 * Room for what the server appends: names end at 253 characters. It also wants a name in front of that, while a pod's
 * own may be cut behind a dot, or be the stem of a generated one and end with a dash.
 */
function stemOf(name: string): string {
	return name.slice(0, 200).replace(/[-.]+$/, "");
}
