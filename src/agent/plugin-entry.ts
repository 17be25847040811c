/** The plugin's program, and so its `type` in a list of plugins. */
export const pluginName = "shunt-cni";

/** Linkerd's plugin, which does the same work for the same pods. */
export const linkerdPluginName = "linkerd-cni";

/** What stands in a list of plugins for ours. */
export type PluginEntry = Readonly<Record<string, unknown>>;

/**
 * The plugin's configuration as an element of a list. What makes it our plugin's is not the configuration's to say: its
 * `type`, and the capability for which containerd hands over the pod's annotations (CNI conventions, "Dynamic
 * Plugin specific Fields"; containerd internal/cri/server/sandbox_run_linux.go).
 */
export function pluginEntry(configuration: PluginEntry): PluginEntry {
	const { type: _, capabilities, ...rest } = configuration;
	const others = typeof capabilities === "object" && capabilities !== null ? capabilities : {};
	return {
		type: pluginName,
		...rest,
		capabilities: { ...others, "io.kubernetes.cri.pod-annotations": true },
	};
}
