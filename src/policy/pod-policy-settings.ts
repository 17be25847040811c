import { parseSeconds } from "../domain/duration.ts";
import { type Port, parsePort } from "../domain/port.ts";
import { type PullPolicy, parseImageName, parseImageVersion, parsePullPolicy } from "./annotation-image.ts";
import { parseQuantity } from "./annotation-quantity.ts";
import { parseSwitch } from "./annotation-switch.ts";
import type { AnnotationValues } from "./annotation-values.ts";
import type { ContainerResources } from "./container-resources.ts";

/** What a pod asks for besides its policy; absent is what it leaves to the configuration. */
export interface PodSettings {
	readonly controlPort: Port | undefined;
	readonly adminPort: Port | undefined;
	readonly closeWaitSeconds: number | undefined;
	readonly nativeSidecar: boolean | undefined;
	readonly image: ProxyImageWish;
	/** The proxy's. */
	readonly resources: ContainerResources;
	/** The init container's, or the validator's in its place. */
	readonly initResources: ContainerResources;
}

export interface ProxyImageWish {
	readonly name: string | undefined;
	readonly version: string | undefined;
	readonly pullPolicy: PullPolicy | undefined;
}

export function readSettings(
	values: AnnotationValues,
	defaults: Pick<PodSettings, "controlPort" | "adminPort">,
): PodSettings {
	return {
		controlPort: values.one("control-port", parsePort) ?? defaults.controlPort,
		adminPort: values.one("admin-port", parsePort) ?? defaults.adminPort,
		closeWaitSeconds: values.one("close-wait-timeout", parseSeconds),
		nativeSidecar: values.one("native-sidecar", parseSwitch),
		image: {
			name: values.one("proxy-image", parseImageName),
			version: values.one("proxy-version", parseImageVersion),
			pullPolicy: values.one("image-pull-policy", parsePullPolicy),
		},
		resources: {
			cpuRequest: values.one("proxy-cpu-request", parseQuantity),
			cpuLimit: values.one("proxy-cpu-limit", parseQuantity),
			memoryRequest: values.one("proxy-memory-request", parseQuantity),
			memoryLimit: values.one("proxy-memory-limit", parseQuantity),
			ephemeralStorageRequest: values.one("proxy-ephemeral-storage-request", parseQuantity),
			ephemeralStorageLimit: values.one("proxy-ephemeral-storage-limit", parseQuantity),
		},
		initResources: {
			cpuRequest: values.one("init-cpu-request", parseQuantity),
			cpuLimit: values.one("init-cpu-limit", parseQuantity),
			memoryRequest: values.one("init-memory-request", parseQuantity),
			memoryLimit: values.one("init-memory-limit", parseQuantity),
		},
	};
}
