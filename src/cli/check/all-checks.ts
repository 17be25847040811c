import type { CategoryName } from "./categories.ts";
import { certificates } from "./certificate-checks.ts";
import type { Check } from "./check.ts";
import { cni } from "./cni-checks.ts";
import { configuration } from "./config-checks.ts";
import { controlPlane } from "./control-plane-checks.ts";
import { dataPlane } from "./data-plane-checks.ts";
import { injector } from "./injector-checks.ts";
import { kubernetesApi, kubernetesVersion } from "./kubernetes-checks.ts";
import { nodes } from "./node-checks.ts";
import { preInstallation } from "./pre-checks.ts";
import { webhook } from "./webhook-checks.ts";

/** In the order in which they are made. Loaded when they are, since they bring the Kubernetes client. */
export const checksOf: Readonly<Record<CategoryName, readonly Check[]>> = {
	"kubernetes-api": kubernetesApi,
	"kubernetes-version": kubernetesVersion,
	"pre-installation": preInstallation,
	cni,
	configuration,
	injector,
	certificates,
	webhook,
	"control-plane": controlPlane,
	"data-plane": dataPlane,
	nodes,
};
