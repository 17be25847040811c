import { readdirSync, readFileSync, statSync } from "node:fs";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type FileTree, file } from "../../images/file-tree.ts";
import { packLayer } from "../../images/layer.ts";

/** A chart as `helm install FILE` takes it: a folder of its name in a tar. The same files and time give the same bytes. */
export async function packChart(name: string, time: Date): Promise<Buffer> {
	return packFolder(`charts/${name}`, name, time);
}

/** All files below a folder, as `inside` in a compressed tar. */
export async function packFolder(folder: string, inside: string, time: Date): Promise<Buffer> {
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
		statSync(`${folder}/${path}`).isFile(),
	);
	const tree: FileTree = new Map(
		files.map((path) => [`/${inside}/${path}`, file(readFileSync(`${folder}/${path}`))]),
	);
	return promisify(gzip)(await packLayer(tree, time), { level: 9 });
}
