/** A Pod of core/v1, as far as the pods of the tests go; refuse-unknown.ts refuses whatever else one asks for. */
export interface PodManifest {
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly spec: PodSpec;
}

export interface PodSpec {
	readonly initContainers?: readonly ContainerSpec[];
	readonly containers: readonly ContainerSpec[];
	readonly volumes?: readonly VolumeSpec[];
	readonly securityContext?: PodSecurity;
	readonly terminationGracePeriodSeconds?: number;
}

export interface ContainerSpec {
	readonly name: string;
	readonly image: string;
	readonly command?: readonly string[];
	readonly args?: readonly string[];
	readonly workingDir?: string;
	readonly env?: readonly EnvSpec[];
	readonly volumeMounts?: readonly {
		readonly name: string;
		readonly mountPath: string;
		readonly readOnly?: boolean;
	}[];
	readonly securityContext?: ContainerSecurity;
	readonly resources?: {
		readonly requests?: Readonly<Record<string, string>>;
		readonly limits?: Readonly<Record<string, string>>;
	};
	/** Of an init container, `Always` for a native sidecar. */
	readonly restartPolicy?: string;
	readonly startupProbe?: ProbeSpec;
	readonly readinessProbe?: ProbeSpec;
}

export interface EnvSpec {
	readonly name: string;
	readonly value?: string;
	readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

export interface ProbeSpec {
	readonly httpGet?: { readonly path: string; readonly port: number };
	readonly exec?: { readonly command: readonly string[] };
	readonly periodSeconds?: number;
	readonly failureThreshold?: number;
}

export interface VolumeSpec {
	readonly name: string;
	readonly emptyDir?: object;
	readonly configMap?: { readonly name: string };
	readonly downwardAPI?: {
		readonly items: readonly { readonly path: string; readonly fieldRef: { readonly fieldPath: string } }[];
	};
}

export interface PodSecurity {
	readonly runAsUser?: number;
	readonly runAsGroup?: number;
	readonly runAsNonRoot?: boolean;
	readonly seccompProfile?: { readonly type: "RuntimeDefault" | "Unconfined" };
}

export interface ContainerSecurity extends PodSecurity {
	readonly allowPrivilegeEscalation?: boolean;
	readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
	readonly privileged?: boolean;
	readonly readOnlyRootFilesystem?: boolean;
}
