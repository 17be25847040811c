import { certificates } from "./certificate-checks.ts";
import type { Category } from "./check.ts";
import { configuration } from "./config-checks.ts";
import { controlPlane } from "./control-plane-checks.ts";
import { dataPlane } from "./data-plane-checks.ts";
import { injector } from "./injector-checks.ts";
import { kubernetesApi, kubernetesVersion } from "./kubernetes-checks.ts";
import { nodes } from "./node-checks.ts";
import { preInstallation } from "./pre-checks.ts";
import { webhook } from "./webhook-checks.ts";

/** In the order in which they are made and printed, whatever was asked for in which order. */
export const categories: readonly Category[] = [
	kubernetesApi,
	kubernetesVersion,
	preInstallation,
	configuration,
	injector,
	certificates,
	webhook,
	controlPlane,
	dataPlane,
	nodes,
];
