import { fileURLToPath } from "node:url";
import { foreign } from "./cluster.ts";
import type { Value } from "./release.ts";

const ours = `${process.env["CLUSTER_STATE"] ?? fileURLToPath(new URL("../../../dist/cluster", import.meta.url))}/cni`;

/** Where the nodes' runtimes have their networks and plugins. Of a cluster of our own they are folders of this machine, too. */
export const nodeFolders =
	foreign === undefined
		? { netDir: `${ours}/net.d`, binDir: `${ours}/bin` }
		: {
				netDir: process.env["E2E_CNI_NET_DIR"] ?? "/etc/cni/net.d",
				binDir: process.env["E2E_CNI_BIN_DIR"] ?? "/opt/cni/bin",
			};

/** For the chart shunt-cni. */
export const folderValues: readonly Value[] = [
	`destCNINetDir=${nodeFolders.netDir}`,
	`destCNIBinDir=${nodeFolders.binDir}`,
];
