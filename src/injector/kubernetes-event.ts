import { hostname } from "node:os";
import { type EventsV1Event, V1MicroTime } from "@kubernetes/client-node";
import type { EventNote } from "./event-note.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
export function eventOf({ reason, note, regarding }: EventNote): EventsV1Event {
	const { apiVersion, kind, name, namespace, uid } = regarding;
	return {
		// Room for what the server appends: names end at 253 characters.
		metadata: { generateName: `${name.slice(0, 200)}.`, namespace },
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
