/** Where the files of a test's own containerd are. */
export interface ContainerdFiles {
	readonly folder: string;
	readonly socket: string;
	readonly snapshotter: "overlayfs" | "native";
	readonly pauseImage: string;
	/** A folder of CNI plugins. */
	readonly cniPlugins: string;
}

/** Configuration in the format of the second version, which containerd 1.6 and 1.7 read and 2 translates for itself. */
export function containerdConfig({
	folder,
	socket,
	snapshotter,
	pauseImage,
	cniPlugins,
}: ContainerdFiles): string {
	const cri = `plugins."io.containerd.grpc.v1.cri"`;
	return `version = 2
root = "${folder}/root"
state = "/run/containerd"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[${cri}]
  sandbox_image = "${pauseImage}"
  # Lowering oom_score_adj, as kubelets want for a sandbox, takes CAP_SYS_RESOURCE, which not every machine gives to root.
  restrict_oom_score_adj = true
  # It would load a profile into the machine's kernel, to stay.
  disable_apparmor = true
  [${cri}.containerd]
    snapshotter = "${snapshotter}"
    default_runtime_name = "runc"
    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [${cri}.cni]
    bin_dir = "${cniPlugins}"
    conf_dir = "${folder}/cni"
`;
}

/** One bridge for all pods, with addresses of both families. Nothing else is on it, so the ranges are always free. */
export const podNetwork = {
	gateway: { ipv4: "10.88.0.1", ipv6: "fd88::1" },
	/** The list of plugins, with more behind the bridge. */
	config: (bridge: string, more: readonly object[] = [], cniVersion = "0.4.0") =>
		JSON.stringify({
			cniVersion,
			name: "shunt-e2e",
			plugins: [
				{
					type: "bridge",
					bridge,
					isGateway: true,
					ipam: {
						type: "host-local",
						ranges: [[{ subnet: "10.88.0.0/16" }], [{ subnet: "fd88::/64" }]],
						routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
					},
				},
				...more,
			],
		}),
} as const;
