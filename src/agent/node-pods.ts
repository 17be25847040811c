import type { PluginConfig } from "../cni/plugin-config.ts";
import type { Host } from "../host/host.ts";
import { injectAnnotation, linkerdInjectAnnotation } from "../policy/annotation-keys.ts";
import type { PodFiles } from "./pod-files.ts";
import { isOver, type NodePod, type PodWord, wordAbout } from "./pod-verdict.ts";
import { addressesOf, type MeshedPod, meshedPod } from "./repair/meshed-pod.ts";
import { TaskQueue } from "./task-queue.ts";

/** A namespace, as far as it matters here. */
export interface NodeNamespace {
	readonly metadata?: {
		readonly name?: string;
		readonly annotations?: Readonly<Record<string, string>>;
	};
}

export interface NodePodsParts {
	/** Absent where nobody wants files. */
	readonly files: PodFiles | undefined;
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

export interface PodView {
	readonly meshed: readonly MeshedPod[];
	/** As {@link MeshedPod} has them. */
	readonly assigned: ReadonlySet<string>;
}

/** The pods of this node, and the files about them. Of what cannot be written now, {@link refresh} tries again. */
export class NodePods {
	readonly #parts: NodePodsParts;
	readonly #pods = new Map<string, NodePod>();
	readonly #namespaces = new Map<string, NodeNamespace>();
	/** What is said of a pod changes with it and with the configuration alone. */
	readonly #words = new WeakMap<NodePod, { readonly config: PluginConfig; readonly word: PodWord }>();
	/** Complaints that were made already. */
	readonly #said = new Set<string>();
	/** What of them is meshed changes with the pods and with the configuration alone. */
	#looked: { readonly config: PluginConfig; readonly view: PodView } | undefined;
	#areNamespacesKnown = false;
	#arePodsKnown = false;
	/** What the plugin may be waiting for comes first, what most often is as it should be last. */
	readonly #tasks: TaskQueue;
	#isRefreshing = false;

	constructor(parts: NodePodsParts) {
		this.#parts = parts;
		this.#tasks = new TaskQueue(parts.failed);
	}

	/** Nothing is written after it. */
	stop(): void {
		this.#tasks.clear();
	}

	replacePods(pods: readonly NodePod[]): void {
		this.#looked = undefined;
		this.#pods.clear();
		for (const pod of pods) {
			this.#pods.set(keyOf(pod), pod);
		}
		this.#arePodsKnown = true;
		this.refresh();
	}

	setPod(pod: NodePod): void {
		this.#looked = undefined;
		this.#pods.set(keyOf(pod), pod);
		this.#do("front", (files) => this.#settle(files, pod));
	}

	/** A pod of that name that came after it is another one, and its file stays. */
	deletePod(pod: NodePod): void {
		if (this.#pods.get(keyOf(pod))?.metadata?.uid !== pod.metadata?.uid) {
			return;
		}
		this.#looked = undefined;
		this.#pods.delete(keyOf(pod));
		this.#do("front", (files) => this.#settle(files, pod));
	}

	replaceNamespaces(namespaces: readonly NodeNamespace[]): void {
		this.#namespaces.clear();
		for (const namespace of namespaces) {
			this.#namespaces.set(namespace.metadata?.name ?? "", namespace);
		}
		this.#areNamespacesKnown = true;
		this.#do("front", (files) => this.#writeNamespaces(files));
	}

	setNamespace(namespace: NodeNamespace): void {
		this.#namespaces.set(namespace.metadata?.name ?? "", namespace);
		this.#do("front", (files) => this.#writeNamespaces(files));
	}

	deleteNamespace({ metadata }: NodeNamespace): void {
		this.#namespaces.delete(metadata?.name ?? "");
		this.#do("front", (files) => this.#writeNamespaces(files));
	}

	/** Writes whatever is not as it should be, for whatever reason: /run lost, no room for a while, another configuration. */
	refresh(): void {
		if (this.#isRefreshing) {
			return;
		}
		this.#isRefreshing = true;
		for (const pod of this.#pods.values()) {
			this.#do("back", (files) => this.#settle(files, pod));
		}
		this.#do("back", (files) => this.#keepTold(files));
		this.#do("back", (files) => this.#writeNamespaces(files));
		this.#tasks.add("back", () => {
			this.#isRefreshing = false;
		});
	}

	/** The pods that the plugin makes rules for, and the addresses that any pod of the node has. */
	get view(): PodView {
		const config = this.#parts.config();
		if (this.#looked?.config !== config) {
			const pods = [...this.#pods.values()].filter((pod) => !isOver(pod));
			this.#looked = { config, view: viewOf(pods, (pod) => this.#wordAbout(pod)) };
		}
		return this.#looked.view;
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

	/** What is known of the pod's name by now counts: the pod may have gone, or be another one. */
	#settle(files: PodFiles, pod: NodePod): void {
		const { wrote, unclear } = this.#parts;
		const now = this.#pods.get(keyOf(pod));
		const word = now === undefined ? gone : this.#wordAbout(now);
		if (word.kind === "told") {
			if (files.write(word.pod, word.verdict)) {
				wrote();
			}
			return;
		}
		const { name = "", namespace = "", uid = "" } = (now ?? pod).metadata ?? {};
		files.remove({ name, namespace });
		if (word.kind === "unclear" && !this.#said.has(uid)) {
			this.#said.add(uid);
			unclear(`${namespace}/${name}`, word.why);
		}
	}

	#keepTold(files: PodFiles): void {
		if (this.#arePodsKnown) {
			const words = [...this.#pods.values()].map((pod) => this.#wordAbout(pod));
			files.keep(words.flatMap((word) => (word.kind === "told" ? [word.pod] : [])));
		}
	}

	#writeNamespaces(files: PodFiles): void {
		if (this.#areNamespacesKnown) {
			const meshed = [...this.#namespaces.values()].filter(mayBeMeshed);
			files.writeNamespaces(meshed.map(({ metadata }) => metadata?.name ?? ""));
		}
	}

	/** By and by, where anybody wants files. */
	#do(at: "front" | "back", work: (files: PodFiles) => void): void {
		const { files } = this.#parts;
		if (files !== undefined) {
			this.#tasks.add(at, () => this.#attempt(files, work));
		}
	}

	#attempt(files: PodFiles, work: (files: PodFiles) => void): void {
		const { isOurs } = this.#parts;
		try {
			if (isOurs()) {
				work(files);
			}
		} catch (error) {
			this.#parts.failed(error);
		}
	}
}

const gone: PodWord = { kind: "silent" };

/** Of two pods with one address neither is told from the other by it, so that none of the two is meant. */
function viewOf(pods: readonly NodePod[], wordOf: (pod: NodePod) => PodWord): PodView {
	const assigned = new Set<string>();
	const shared = new Set<string>();
	for (const address of pods.flatMap(addressesOf)) {
		(assigned.has(address) ? shared : assigned).add(address);
	}
	const meshed = pods
		.flatMap((pod) => meshedPod(pod, wordOf(pod)) ?? [])
		.filter((pod) => !pod.addresses.some((address) => shared.has(address)));
	return { meshed, assigned };
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
