/** What a kubelet's runtime says of the pod in `CNI_ARGS`; undefined what it does not say. */
export interface PodArgs {
	readonly namespace: string | undefined;
	readonly name: string | undefined;
	/** As the kubelet has it: of a static pod not that of its mirror in the API, but the hash of its manifest. */
	readonly uid: string | undefined;
}

/**
 * `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;…` in any order, as containerd and CRI-O write it. Pairs that are not about
 * the pod, or are no pairs, are somebody else's.
 */
export function parsePodArgs(text: string): PodArgs {
	const pairs = new Map(
		text.split(";").flatMap((pair): [string, string][] => {
			const equals = pair.indexOf("=");
			return equals < 0 ? [] : [[pair.slice(0, equals), pair.slice(equals + 1)]];
		}),
	);
	const value = (key: string) => pairs.get(key) || undefined;
	return {
		namespace: value("K8S_POD_NAMESPACE"),
		name: value("K8S_POD_NAME"),
		uid: value("K8S_POD_UID"),
	};
}

/** What messages call it. */
export function podName({ namespace, name }: PodArgs): string {
	return namespace === undefined || name === undefined ? "a container" : `pod ${namespace}/${name}`;
}
