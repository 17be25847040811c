import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { packLayer } from "./layer.ts";
import { type Image, makeArchive } from "./oci-archive.ts";
import { shunt } from "./shunt.ts";
import { shuntCni } from "./shunt-cni.ts";
import { shuntInit } from "./shunt-init.ts";
import { hereAndNow, root } from "./target.ts";

/**
 * Makes the images' archives in dist/images, without a container engine:
 *
 *     npx tsx images/build.ts [--arch ARCH] [--native FILE] [--plugin FILE] [--node FILE] [--modules FOLDER] [--tree FOLDER] [NAME…]
 *
 * With --tree only the file system of each image, as FOLDER/NAME.tar, which is what the Dockerfiles ask for.
 */
const images = { "shunt-init": shuntInit, shunt, "shunt-cni": shuntCni };

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		arch: { type: "string" },
		native: { type: "string" },
		plugin: { type: "string" },
		node: { type: "string" },
		modules: { type: "string" },
		tree: { type: "string" },
	},
});

const here = hereAndNow();
const target = {
	architecture: values.arch ?? here.architecture,
	native: values.native ?? here.native,
	plugin: values.plugin ?? here.plugin,
	node: values.node ?? here.node,
	modules: values.modules ?? here.modules,
};
/** https://reproducible-builds.org/specs/source-date-epoch */
const time = new Date(Number(process.env["SOURCE_DATE_EPOCH"] ?? 0) * 1000);
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const output = values.tree ?? `${root}dist/images`;

mkdirSync(output, { recursive: true });
for (const [name, make] of Object.entries(images)) {
	if (positionals.length === 0 || positionals.includes(name)) {
		await build(name, await make(target, `docker.io/shunt/${name}:${version}`));
	}
}

async function build(name: string, image: Image): Promise<void> {
	if (values.tree !== undefined) {
		const whole = new Map(image.layers.flatMap(({ tree }) => [...tree]));
		writeFileSync(`${output}/${name}.tar`, await packLayer(whole, time));
		return;
	}
	const { bytes, digest, compressed, unpacked } = await makeArchive(image, time);
	writeFileSync(`${output}/${name}.tar`, bytes);
	process.stdout.write(`${image.reference}  ${mb(compressed)} packed, ${mb(unpacked)} unpacked  ${digest}\n`);
}

function mb(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}
