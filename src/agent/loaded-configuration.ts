import { type Configuration, type FoundFile, parseConfiguration } from "./configuration-file.ts";

export const runtimes = ["containerd", "cri-o"] as const;

/** Whose way of loading counts. */
export type Runtime = (typeof runtimes)[number];

export interface Loading {
	readonly runtime: Runtime;
	/** containerd's `max_conf_num`: how many networks a pod gets; 0 is all that are there. */
	readonly maxConfNum: number;
	/** CRI-O's `cni_default_network`; undefined where it is the first that can be loaded. */
	readonly network: string | undefined;
}

/** The configuration that pods get their first interface from, or why they get none. */
export type Loaded = { readonly configuration: Configuration } | { readonly nothing: string };

/** Whether a runtime takes a file of that name for a configuration. Hidden files are files (libcni's ConfFiles). */
export function isConfigurationName(name: string): boolean {
	return /\.(conf|conflist|json)$/.test(name);
}

/**
 * As containerd (loadFromConfDir in go-cni's opts.go) and CRI-O (loadNetworks in ocicni.go) load a folder: by name, byte
 * by byte. One file that cannot be read makes containerd load none, where it is among those that it wants; CRI-O passes
 * over it. Folders are to be left out of `files`.
 */
export function findLoaded(files: readonly FoundFile[], loading: Loading): Loaded {
	const names = files.filter(({ name }) => isConfigurationName(name)).toSorted(byBytes);
	if (names.length === 0) {
		return { nothing: "there is no configuration of a network yet" };
	}
	return loading.runtime === "containerd" ? loadedByContainerd(names, loading) : loadedByCrio(names, loading);
}

function loadedByContainerd(files: readonly FoundFile[], { maxConfNum }: Loading): Loaded {
	const wanted = files.slice(0, maxConfNum > 0 ? maxConfNum : files.length).map(parseConfiguration);
	for (const parsed of wanted) {
		if (parsed.kind === "malformed") {
			return { nothing: `containerd loads nothing while ${parsed.file} is there: ${parsed.reason}` };
		}
	}
	const [first] = wanted;
	return first === undefined || first.kind === "malformed" ? { nothing: "" } : { configuration: first };
}

function loadedByCrio(files: readonly FoundFile[], { network }: Loading): Loaded {
	const parsed = files.map(parseConfiguration);
	const first = parsed.find(
		(one): one is Configuration =>
			one.kind !== "malformed" && (network === undefined || one.name === network),
	);
	if (first !== undefined) {
		return { configuration: first };
	}
	const reasons = parsed.flatMap((one) => (one.kind === "malformed" ? [`${one.file}: ${one.reason}`] : []));
	const wanted = network === undefined ? "of a network" : `of the network ${JSON.stringify(network)}`;
	return { nothing: [`there is no configuration ${wanted} that CRI-O loads`, ...reasons].join("; ") };
}

/** UTF-8's order is that of code points, which JavaScript's own comparison is not. */
export function byBytes(
	{ name: one }: { readonly name: string },
	{ name: other }: { readonly name: string },
): number {
	return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
