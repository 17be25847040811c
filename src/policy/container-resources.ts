/** What a container asks for and may use, as Kubernetes quantities; absent is what nobody said. */
export interface ContainerResources {
	readonly cpuRequest?: string | undefined;
	readonly cpuLimit?: string | undefined;
	readonly memoryRequest?: string | undefined;
	readonly memoryLimit?: string | undefined;
	readonly ephemeralStorageRequest?: string | undefined;
	readonly ephemeralStorageLimit?: string | undefined;
}
