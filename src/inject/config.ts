import type { Mode } from "../domain/mode.ts";
import type { PortRange } from "../domain/port.ts";
import type { PodPolicyDefaults } from "../policy/pod-policy.ts";
import type { ContainerResources, PullPolicy } from "../policy/setting-forms.ts";
import type { JsonObject } from "./json.ts";

/** Everything that injection has to know; parse-config.ts reads it from a release's values. */
export interface InjectConfig {
	readonly mode: Mode;
	/** The node's CNI plugin makes the rules; the pod gets a container that waits for them to work. */
	readonly cniEnabled: boolean;
	readonly defaults: PodPolicyDefaults;
	/** What a control plane's own pods ignore outbound: they must reach the API server before any proxy runs. */
	readonly kubeApiServerPorts: readonly PortRange[];
	readonly init: InitConfig;
	readonly validator: ValidatorConfig;
	readonly proxy: ProxyConfig;
}

export interface Image {
	readonly name: string;
	readonly version: string;
	readonly pullPolicy: PullPolicy;
}

export interface InitConfig {
	readonly image: Image;
	/** It has the dialects' tools beside it, which may do the work. */
	readonly tools: boolean;
	/** The validator's too, which stands in its place. */
	readonly resources: ContainerResources;
	/** 0 leaves the kernel's value. */
	readonly closeWaitSeconds: number;
	/** Passed on only where given, as Linkerd does. */
	readonly logLevel: string | undefined;
	readonly logFormat: string | undefined;
	readonly runAsRoot: boolean;
	readonly runAsUser: number;
	readonly runAsGroup: number;
	readonly privileged: boolean;
	readonly xtMountPath: { readonly name: string; readonly mountPath: string };
}

export interface ValidatorConfig {
	readonly enabled: boolean;
	readonly image: Image;
	readonly logLevel: string;
	readonly logFormat: string;
	/** Linkerd's single connection is made in addition where either is given. */
	readonly connectAddr: string | undefined;
	readonly listenAddr: string | undefined;
	readonly timeout: string;
	readonly enableSecurityContext: boolean;
	/** Stands in place of ours. */
	readonly securityContext: JsonObject | undefined;
}

export interface ProxyConfig {
	readonly kind: ProxyKind;
	readonly image: Image;
	readonly nativeSidecar: boolean;
	readonly resources: ContainerResources;
	readonly logLevel: string | undefined;
	readonly logFormat: string | undefined;
	/** Of a custom proxy; ours have theirs. */
	readonly command: readonly string[] | undefined;
	/** A custom proxy's arguments; for the other kinds they come after what we say. */
	readonly args: readonly string[];
	readonly env: readonly JsonObject[];
	/** Where on the admin port a custom proxy answers the kubelet; ours answer on /ready and /live. */
	readonly readinessPath: string | undefined;
	readonly livenessPath: string | undefined;
}

export type ProxyKind = "shunt" | "envoy" | "custom";

export const proxyKinds: readonly ProxyKind[] = ["shunt", "envoy", "custom"];
