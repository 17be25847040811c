import { get } from "./cluster.ts";

interface InjectedPod {
	readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
	readonly spec: {
		readonly initContainers?: readonly { readonly name: string; readonly args?: readonly string[] }[];
	};
}

/** Which mode the pods of a selector were injected with, by the arguments of their init containers; not of those that end. */
export async function injectedModes(
	namespace: string,
	selector: string,
): Promise<readonly { readonly name: string; readonly mode: string | undefined }[]> {
	const { items } = await get<{ items: InjectedPod[] }>("pods", "-n", namespace, "-l", selector);
	return items
		.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
		.map(({ metadata, spec }) => ({ name: metadata.name, mode: modeOf(spec) }));
}

/** Of a pod's spec. Legacy is said by silence. Undefined where no init container is. */
export function modeOf({ initContainers = [] }: InjectedPod["spec"]): string | undefined {
	const args = initContainers.find(({ name }) => name === "shunt-init")?.args;
	const flag = args?.indexOf("--iptables-mode") ?? -1;
	return flag < 0 ? args && "legacy" : args?.[flag + 1];
}
