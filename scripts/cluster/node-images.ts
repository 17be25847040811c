import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { file } from "../../images/file-tree.ts";
import { makeArchive } from "../../images/oci-archive.ts";
import { hereAndNow } from "../../images/target.ts";
import { pauseArchive } from "../../test/support/cri/pause-image.ts";

/**
 * The images that a node has before anybody asks for one, as archives for `ctr images import`:
 *
 *     npx tsx scripts/cluster/node-images.ts FOLDER [COREDNS VERSION]
 *
 * `pause.tar` keeps every pod's namespaces; `coredns-VERSION.tar` is the program COREDNS, where one is named.
 */
const [folder = "", program = "", version = ""] = process.argv.slice(2);
if (folder === "" || (program === "") !== (version === "")) {
	process.stderr.write("node-images.ts: wanted FOLDER [COREDNS VERSION]\n");
	process.exit(64);
}

mkdirSync(folder, { recursive: true });
save("pause.tar", await pauseArchive());
if (program !== "") {
	const coredns = {
		reference: `localhost/shunt/coredns:${version}`,
		architecture: hereAndNow().architecture,
		layers: [{ comment: "CoreDNS", tree: new Map([["/coredns", file(readFileSync(program), 0o755)]]) }],
		config: { User: "65534:65534", Entrypoint: ["/coredns"] },
	};
	save(`coredns-${version}.tar`, (await makeArchive(coredns, new Date(0), 1)).bytes);
}

/** Aside first: who is interrupted leaves nothing half done under the name. */
function save(name: string, bytes: Buffer): void {
	writeFileSync(`${folder}/${name}.part`, bytes);
	renameSync(`${folder}/${name}.part`, `${folder}/${name}`);
}
