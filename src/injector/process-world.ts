import { openStdout } from "../serving/stdout.ts";
import type { InjectorWorld } from "./run-injector.ts";

/** This very process. The client is large, and only whoever runs the injector should load it. */
export const processWorld: InjectorWorld = {
	output: openStdout,
	cluster: async (kubeconfig) => (await import("./kubernetes-cluster.ts")).connectCluster(kubeconfig),
	signals: process,
};
