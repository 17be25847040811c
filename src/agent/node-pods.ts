import type { PluginConfig } from "../cni/plugin-config.ts";
import type { Host } from "../host/host.ts";
import { injectAnnotation, linkerdInjectAnnotation } from "../policy/annotation-keys.ts";
import type { PodFiles } from "./pod-files.ts";
import { type NodePod, type PodWord, wordAbout } from "./pod-verdict.ts";

/** A namespace, as far as it matters here. */
export interface NodeNamespace {
	readonly metadata?: {
		readonly name?: string;
		readonly annotations?: Readonly<Record<string, string>>;
	};
}

export interface NodePodsParts {
	readonly files: PodFiles;
	readonly host: Host;
	/** The one in force. */
	readonly config: () => PluginConfig;
	/** Where another agent works on this node it is that one which writes. */
	readonly isOurs: () => boolean;
	readonly wrote: () => void;
	readonly failed: (error: unknown) => void;
	readonly unclear: (pod: string, why: string) => void;
}

/** How many pods there are of each kind of word. */
export type WordCounts = Readonly<Record<"redirect" | "leave" | "unclear", number>>;

/** The pods of this node, and the files about them. Of what cannot be written now, {@link refresh} tries again. */
export class NodePods {
	readonly #parts: NodePodsParts;
	readonly #pods = new Map<string, NodePod>();
	readonly #namespaces = new Map<string, NodeNamespace>();
	/** What is said of a pod changes with it and with the configuration alone. */
	readonly #words = new WeakMap<NodePod, { readonly config: PluginConfig; readonly word: PodWord }>();
	/** Complaints that were made already. */
	readonly #said = new Set<string>();
	#areNamespacesKnown = false;
	#arePodsKnown = false;

	constructor(parts: NodePodsParts) {
		this.#parts = parts;
	}

	replacePods(pods: readonly NodePod[]): void {
		this.#pods.clear();
		for (const pod of pods) {
			this.#pods.set(keyOf(pod), pod);
		}
		this.#arePodsKnown = true;
		this.refresh();
	}

	setPod(pod: NodePod): void {
		this.#pods.set(keyOf(pod), pod);
		this.#attempt(() => this.#write(pod));
	}

	/** A pod of that name that came after it is another one, and its file stays. */
	deletePod(pod: NodePod): void {
		if (this.#pods.get(keyOf(pod))?.metadata?.uid !== pod.metadata?.uid) {
			return;
		}
		this.#pods.delete(keyOf(pod));
		const { name = "", namespace = "" } = pod.metadata ?? {};
		this.#attempt(() => this.#parts.files.remove({ name, namespace }));
	}

	replaceNamespaces(namespaces: readonly NodeNamespace[]): void {
		this.#namespaces.clear();
		for (const namespace of namespaces) {
			this.#namespaces.set(namespace.metadata?.name ?? "", namespace);
		}
		this.#areNamespacesKnown = true;
		this.#attempt(() => this.#writeNamespaces());
	}

	setNamespace(namespace: NodeNamespace): void {
		this.#namespaces.set(namespace.metadata?.name ?? "", namespace);
		this.#attempt(() => this.#writeNamespaces());
	}

	deleteNamespace({ metadata }: NodeNamespace): void {
		this.#namespaces.delete(metadata?.name ?? "");
		this.#attempt(() => this.#writeNamespaces());
	}

	/** Writes whatever is not as it should be, for whatever reason: /run lost, no room for a while, another configuration. */
	refresh(): void {
		for (const pod of this.#pods.values()) {
			this.#attempt(() => this.#write(pod));
		}
		if (this.#arePodsKnown) {
			const told = [...this.#pods.values()].flatMap((pod) => {
				const word = this.#wordAbout(pod);
				return word.kind === "told" ? [word.pod] : [];
			});
			this.#attempt(() => this.#parts.files.keep(told));
		}
		this.#attempt(() => this.#writeNamespaces());
	}

	get counts(): WordCounts {
		const counts = { redirect: 0, leave: 0, unclear: 0 };
		for (const pod of this.#pods.values()) {
			const word = this.#wordAbout(pod);
			if (word.kind !== "silent") {
				counts[word.kind === "told" ? word.verdict.kind : "unclear"] += 1;
			}
		}
		return counts;
	}

	#wordAbout(pod: NodePod): PodWord {
		const config = this.#parts.config();
		const known = this.#words.get(pod);
		if (known?.config === config) {
			return known.word;
		}
		const word = wordAbout(this.#parts.host, pod, config);
		this.#words.set(pod, { config, word });
		return word;
	}

	#write(pod: NodePod): void {
		const { files, wrote, unclear } = this.#parts;
		const word = this.#wordAbout(pod);
		if (word.kind === "told") {
			if (files.write(word.pod, word.verdict)) {
				wrote();
			}
			return;
		}
		const { name = "", namespace = "", uid = "" } = pod.metadata ?? {};
		files.remove({ name, namespace });
		if (word.kind === "unclear" && !this.#said.has(uid)) {
			this.#said.add(uid);
			unclear(`${namespace}/${name}`, word.why);
		}
	}

	#writeNamespaces(): void {
		if (this.#areNamespacesKnown) {
			const meshed = [...this.#namespaces.values()].filter(mayBeMeshed);
			this.#parts.files.writeNamespaces(meshed.map(({ metadata }) => metadata?.name ?? ""));
		}
	}

	#attempt(work: () => void): void {
		try {
			if (this.#parts.isOurs()) {
				work();
			}
		} catch (error) {
			this.#parts.failed(error);
		}
	}
}

/** Whatever word but a no: what is misspelt may have been meant. */
function mayBeMeshed({ metadata }: NodeNamespace): boolean {
	const annotations = metadata?.annotations ?? {};
	return [injectAnnotation, linkerdInjectAnnotation].some((name) => {
		const word = annotations[name] ?? "";
		return word !== "" && word !== "disabled";
	});
}

function keyOf({ metadata }: NodePod): string {
	return `${metadata?.namespace}/${metadata?.name}`;
}
