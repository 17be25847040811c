import { get, type JsonObject, objectAt, textAt } from "../../inject/json.ts";

/** The levels of Pod Security that refuse anything: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export type StrictLevel = "baseline" | "restricted";

/** Namespaces say by this label what is refused in them. */
export const levelLabel = "pod-security.kubernetes.io/enforce";

/** As k8s.io/pod-security-admission has them (policy/check_capabilities_baseline.go, policy/check_capabilities_restricted.go). */
const addable: Readonly<Record<StrictLevel, ReadonlySet<string>>> = {
	baseline: new Set(
		(
			"AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID " +
			"SYS_CHROOT"
		).split(" "),
	),
	restricted: new Set(["NET_BIND_SERVICE"]),
};

/**
 * Why a level refuses one of our containers, by its security context alone: what a pod says for all its containers is its
 * author's. Empty where it does not.
 */
export function securityComplaints(level: StrictLevel, container: JsonObject): string[] {
	const name = textAt(container, "name") ?? "";
	const context = objectAt(container, "securityContext");
	const capabilities = objectAt(context, "capabilities");
	const added = textsAt(capabilities, "add").filter((capability) => !addable[level].has(capability));
	return [
		...(added.length > 0 ? [`adds ${added.join(" and ")}`] : []),
		...(get(context, "privileged") === true ? ["is privileged"] : []),
		...(level === "restricted" ? looseness(context) : []),
	].map((complaint) => `${name} ${complaint}`);
}

/** What `restricted` wants to be said. */
function looseness(context: JsonObject): string[] {
	const profile = textAt(objectAt(context, "seccompProfile"), "type") ?? "";
	return [
		...(textsAt(objectAt(context, "capabilities"), "drop").includes("ALL") ? [] : ["does not drop ALL"]),
		...(get(context, "allowPrivilegeEscalation") === false ? [] : ["may gain privileges"]),
		...(get(context, "runAsNonRoot") === true ? [] : ["may run as root"]),
		...(["RuntimeDefault", "Localhost"].includes(profile) ? [] : ["has no seccomp profile"]),
	];
}

function textsAt(object: JsonObject, key: string): string[] {
	const items = get(object, key);
	return Array.isArray(items) ? items.filter((item) => typeof item === "string") : [];
}
