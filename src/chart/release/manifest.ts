import { trimSpace } from "../go/text.ts";
import { compareStrings, type GoMap, type Value } from "../go/value.ts";
import { ChartError } from "../result.ts";
import { readYaml, scalarText, YamlError } from "../yaml/read-yaml.ts";

/** One Kubernetes object of a rendered chart. */
export interface Manifest {
	/** The template that it comes from, such as `demo/templates/service.yaml`. */
	readonly path: string;
	readonly apiVersion: string;
	readonly kind: string;
	readonly name: string;
	/** The document as it was rendered. */
	readonly text: string;
	/**
	 * When Helm runs it, where it is a hook and not part of the release: `pre-install`, `test`, …; undefined for a hook
	 * of a kind that there is none of, which Helm leaves out.
	 */
	readonly hooks: readonly string[] | undefined;
}

const hookEvents =
	"pre-install post-install pre-delete post-delete pre-upgrade post-upgrade pre-rollback post-rollback test test-success";

/** Reads as much of a document as Helm does before it sorts, which makes sure that all of it is YAML. */
export function readManifest(path: string, text: string): Manifest {
	const document = parseDocument(path, text);
	if (document !== null && !(document instanceof Map)) {
		throw new ChartError({ message: "renders a document that is no Kubernetes object", file: path });
	}
	const head = document ?? (new Map() as GoMap);
	const metadata = mapAt(path, head, "metadata");
	const annotations = mapAt(path, metadata, "annotations");
	const texts = new Map([...annotations].map(([key, value]) => [key, textOf(path, value)]));
	return {
		path,
		apiVersion: textAt(path, head, "apiVersion"),
		kind: textAt(path, head, "kind"),
		name: textAt(path, metadata, "name"),
		text,
		hooks: hooksOf(texts.get("helm.sh/hook")),
	};
}

/** An error names the line of what was rendered, which is not the template's. */
function parseDocument(path: string, text: string): Value {
	try {
		return readYaml(text);
	} catch (error) {
		if (error instanceof YamlError) {
			const line = text.split("\n")[error.line - 1] ?? "";
			throw new ChartError({
				message: `renders something that is no YAML, at line ${error.line} of the document: ${error.message}`,
				file: path,
				expression: line.trim(),
			});
		}
		throw error;
	}
}

function hooksOf(annotation: string | undefined): string[] | undefined {
	if (annotation === undefined) {
		return [];
	}
	const events = annotation.split(",").map((event) => trimSpace(event).toLowerCase());
	return events.every((event) => hookEvents.split(" ").includes(event))
		? events.map((event) => (event === "test-success" ? "test" : event))
		: undefined;
}

function mapAt(path: string, map: GoMap, name: string): GoMap {
	const value = map.get(name) ?? new Map();
	if (!(value instanceof Map)) {
		throw new ChartError({ message: `${name} is not a map`, file: path });
	}
	return value;
}

function textAt(path: string, map: GoMap, name: string): string {
	return textOf(path, map.get(name), name);
}

function textOf(path: string, value: Value, name = "an annotation"): string {
	if (value === undefined || value === null) {
		return "";
	}
	if (typeof value === "object") {
		throw new ChartError({ message: `${name} is not text`, file: path });
	}
	return typeof value === "string" ? value : scalarText(value);
}

/**
 * The documents in a rendered file. Helm splits at every line that begins with `---`, whatever comes before and after
 * it in the YAML, and takes the white space around the cut with it.
 */
export function splitManifests(text: string): string[] {
	const pieces = trimSpace(text).split(/(?:^|\n)---[\t\n\f\r ]*/);
	return pieces.map(trimSpace).filter((piece) => piece !== "");
}

/** The order in which Helm installs: what others need comes first. */
const installOrder =
	"PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget " +
	"ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim " +
	"CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role " +
	"RoleList RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment " +
	"HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService";
const ranks: ReadonlyMap<string, number> = new Map(installOrder.split(" ").map((kind, rank) => [kind, rank]));

/** Kinds that Helm does not know come last, by name. For a stable sort: what is equal keeps its order. */
export function compareKinds(a: string, b: string): number {
	const x = ranks.get(a);
	const y = ranks.get(b);
	if (x !== undefined && y !== undefined) {
		return x - y;
	}
	if (x === undefined && y === undefined) {
		return compareStrings(a, b);
	}
	return x === undefined ? 1 : -1;
}
