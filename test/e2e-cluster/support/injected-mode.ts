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

/** Linkerd's flags for its modes, legacy by silence; ours for the others. Undefined where no init container is. */
function modeOf({ initContainers = [] }: InjectedPod["spec"]): string | undefined {
	const args = initContainers.find(({ name }) => name === "shunt-init")?.args;
	const flag = args?.findIndex((arg) => arg === "--iptables-mode" || arg === "--firewall-bin-path") ?? -1;
	return flag < 0 ? args && "legacy" : args?.[flag + 1]?.replace("iptables-", "");
}
