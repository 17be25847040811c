import { type JsonObject, objectAt, objectsAt, textAt } from "../inject/json.ts";
import { identityOf, proxyOf } from "./sender.ts";
import type { Rules } from "./subject.ts";

/** Where a pod's containers and its rules disagree about who is the proxy. */
export function podNotes(pod: JsonObject, rules: Rules): string[] {
	const uid = exemptUid(rules);
	if (uid === undefined) {
		return [];
	}
	const spec = objectAt(pod, "spec");
	const proxy = proxyOf(pod);
	const proxyUid = proxy === undefined ? undefined : identityOf(proxy, spec, "runAsUser");
	const others = [...objectsAt(spec, "initContainers"), ...objectsAt(spec, "containers")].filter(
		(container) => container !== proxy && identityOf(container, spec, "runAsUser") === uid,
	);
	return [
		...(proxy !== undefined && proxyUid !== undefined && proxyUid !== uid
			? [
					`${textAt(proxy, "name")} runs as uid ${proxyUid}, but the rules exempt uid ${uid}: its connections come back to it for ever`,
				]
			: []),
		...others.map(
			(container) =>
				`container ${textAt(container, "name") ?? "without a name"} runs as uid ${uid}, which is the proxy's: its outbound connections bypass the proxy`,
		),
	];
}

function exemptUid(rules: Rules): number | undefined {
	if (rules.kind !== "plan") {
		return undefined;
	}
	const selection = rules.sources.find(({ reason }) => reason === "ignore-proxy-user-id")?.selection;
	return selection?.kind === "uid" ? selection.ids[0].low : undefined;
}
