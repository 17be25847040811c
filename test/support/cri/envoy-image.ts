import { readFileSync } from "node:fs";
import { debianFiles, withDebian } from "../../../images/debian-tree.ts";
import { type FileTree, file } from "../../../images/file-tree.ts";
import { makeArchive } from "../../../images/oci-archive.ts";
import { hereAndNow } from "../../../images/target.ts";
import { users } from "../../../images/users.ts";
import { envoyProgram } from "../envoy-program.ts";

export const envoyImage = { name: "localhost/shunt/envoy", version: "e2e" } as const;

/** An image with Envoy in it and nothing beside, as Envoy's own "distroless" ones are. */
export async function envoyArchive(): Promise<Buffer> {
	const { architecture } = hereAndNow();
	const own: FileTree = new Map([...users, ["/usr/bin/envoy", file(readFileSync(envoyProgram()), 0o755)]]);
	const tree = withDebian(own, await debianFiles(["libc6"], architecture), []);
	const image = {
		reference: `${envoyImage.name}:${envoyImage.version}`,
		architecture,
		layers: [{ comment: "Envoy", tree }],
		config: { User: "65534:65534", Entrypoint: ["/usr/bin/envoy"], Env: ["PATH=/usr/bin"] },
	};
	return (await makeArchive(image, new Date(0), 1)).bytes;
}
