import type { Dialect } from "../domain/mode.ts";
import { annotationsCapability } from "./network-request.ts";

/** The variables of an ADD as containerd calls it, for a rehearsal (src/main/native-cni.ts). */
export const usualEnvironment: Readonly<Record<string, string>> = {
	CNI_COMMAND: "ADD",
	CNI_CONTAINERID: "0123456789abcdef",
	CNI_NETNS: "/var/run/netns/cni-0",
	CNI_IFNAME: "eth0",
	CNI_PATH: "/opt/cni/bin",
	CNI_ARGS: "K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod;K8S_POD_UID=0;IgnoreUnknown=1",
};

/** What Linkerd's defaults come to for a pod. */
const stamp = {
	families: ["ipv4", "ipv6"],
	inbound: { proxyPort: 4143, portsToIgnore: ["4190", "4191", "4567", "4568"] },
	outbound: { proxyPort: 4140, proxyUid: 2102, portsToIgnore: ["4567", "4568"] },
};

/** Its standard input, for a pod that has that stamp. */
export function usualInput(mode: Dialect): string {
	return JSON.stringify({
		cniVersion: "1.0.0",
		name: "pods",
		type: "shunt-cni",
		shunt: { mode },
		runtimeConfig: { [annotationsCapability]: { "shunt.dev/redirect": JSON.stringify(stamp) } },
		prevResult: { cniVersion: "1.0.0", ips: [{ address: "10.0.0.2/24" }] },
	});
}
