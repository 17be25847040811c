import { type DebianFiles, debianFiles, withDebian } from "./debian-tree.ts";
import { fileCapability } from "./file-capability.ts";
import { type FileTree, file, link } from "./file-tree.ts";
import type { Image } from "./oci-archive.ts";
import { readProgram, type Target } from "./target.ts";
import { nobody, users } from "./users.ts";

/** Of both images for init containers. */
export const program = "/usr/bin/shunt";

export const shuntInitConfig = {
	User: `${nobody}:${nobody}`,
	Entrypoint: ["/usr/bin/shunt-init"],
	Env: ["PATH=/usr/sbin:/usr/bin"],
	WorkingDir: "/",
} as const;

/** The init container: the native program, which needs nothing else. No shell, no Node, no tools, nothing to configure. */
export async function shuntInit(target: Target, reference: string): Promise<Image> {
	return imageOf(target, reference, { comment: "shunt", tree: own(target) });
}

/** The same with the tools of every dialect, for mode plain and for kernels that only a tool knows how to talk to. */
export async function shuntInitTools(target: Target, reference: string): Promise<Image> {
	const debian = await debianFiles(["iptables", "nftables"], target.architecture);
	const tree = withDebian(new Map([...own(target), ...plainNames]), debian, tools(debian));
	return imageOf(target, reference, { comment: "shunt and the tools of every dialect", tree });
}

function imageOf(target: Target, reference: string, layer: Image["layers"][number]): Image {
	return { reference, architecture: target.architecture, layers: [layer], config: shuntInitConfig };
}

function own(target: Target): FileTree {
	return new Map([
		...users,
		[program, file(readProgram(target.native, target), 0o755, initCapability)],
		["/usr/bin/proxy-init", link("shunt")],
		["/usr/bin/shunt-init", link("shunt")],
		["/usr/lib/linkerd/linkerd2-proxy-init", link("../../bin/shunt")],
		// Where a pod mounts a volume for the lock of legacy tables.
		["/run", { kind: "directory", mode: 0o755 }],
	]);
}

/**
 * Permitted but not effective. A container's user other than root has what the runtime adds only as far as a file's
 * capabilities let it through, with allowPrivilegeEscalation or without. Were they effective from the start, the kernel
 * would refuse to run the program at all where one of the two was not added, and nobody would be told which. The
 * program makes them effective for itself and for the tools, which therefore have none of their own.
 */
export const initCapability = fileCapability(["net_admin", "net_raw"], { effective: false });

const verbs = ["", "-restore", "-save"];
const families = ["iptables", "ip6tables"];

/**
 * Which dialect `iptables` is depends on a distribution's alternatives, which are a matter of maintainer scripts. Ours
 * are what Debian's would be.
 */
const plainNames: FileTree = new Map(
	families.flatMap((name) =>
		verbs.map((verb) => [`/usr/sbin/${name}${verb}`, link("xtables-nft-multi")] as const),
	),
);

/** With all of iptables' extensions: our rules need few of them, but who lists the rules of a pod wants to see the others too. */
function tools({ tree }: DebianFiles): string[] {
	const programs = families.flatMap((name) =>
		["-legacy", "-nft"].flatMap((dialect) => verbs.map((verb) => `/usr/sbin/${name}${dialect}${verb}`)),
	);
	const extensions = [...tree.keys()].filter((path) => /^\/usr\/lib\/[^/]+\/xtables\/[^/]+\.so$/.test(path));
	return [...programs, "/usr/sbin/nft", ...extensions];
}
