import { debianFiles, withDebian } from "../../../images/debian-tree.ts";
import { makeArchive } from "../../../images/oci-archive.ts";
import { hereAndNow } from "../../../images/target.ts";

export const pauseImage = "localhost/shunt/pause:e2e";

/**
 * The image of the container that keeps a pod's namespaces, as containerd reads it. catatonit is what podman uses for
 * the same purpose: a static program that reaps orphans and otherwise waits.
 */
export async function pauseArchive(): Promise<Buffer> {
	const { architecture } = hereAndNow();
	const program = "/usr/bin/catatonit";
	const tree = withDebian(new Map(), await debianFiles(["catatonit"], architecture), [program]);
	const config = { User: "65534:65534", Entrypoint: [program, "-P"] };
	const image = { reference: pauseImage, architecture, layers: [{ comment: "catatonit", tree }], config };
	return (await makeArchive(image, new Date(0))).bytes;
}
