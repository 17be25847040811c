import { runPlugin } from "../cni/plugin.ts";
import { createNativeHost, type NativeFunctions } from "../host/native.ts";
import { createRehearsal } from "../host/native-rehearsal.ts";

/** The native CNI plugin, called as the native program is (native/src/program.rs). */
export function main(functions: NativeFunctions, _invokedAs: string, argv: readonly string[]): number {
	return runPlugin(createNativeHost(functions), argv);
}

/** As in native.ts: an ADD of a stamped pod in every dialect, in a world that nothing touches. */
export function rehearse(): void {
	for (const mode of ["legacy", "nft", "nftables"]) {
		const stdin = () => JSON.stringify({ ...call, shunt: { mode } });
		const variable = (name: string) => environment[name];
		if (main({ ...createRehearsal(), stdin, variable }, "shunt-cni", []) !== 0) {
			throw new Error(`the rehearsal in mode ${mode} failed`);
		}
	}
}

const environment: Readonly<Record<string, string>> = {
	CNI_COMMAND: "ADD",
	CNI_CONTAINERID: "0123456789abcdef",
	CNI_NETNS: "/var/run/netns/cni-0",
	CNI_IFNAME: "eth0",
	CNI_PATH: "/opt/cni/bin",
	CNI_ARGS: "K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod;K8S_POD_UID=0;IgnoreUnknown=1",
};

const stamp = {
	families: ["ipv4", "ipv6"],
	inbound: { proxyPort: 4143, portsToIgnore: ["4190", "4191", "4567", "4568"] },
	outbound: { proxyPort: 4140, proxyUid: 2102, portsToIgnore: ["4567", "4568"] },
};

const call = {
	cniVersion: "1.0.0",
	name: "pods",
	type: "shunt-cni",
	runtimeConfig: {
		"io.kubernetes.cri.pod-annotations": { "shunt.dev/redirect": JSON.stringify(stamp) },
	},
	prevResult: { cniVersion: "1.0.0", ips: [{ address: "10.0.0.2/24" }] },
};
