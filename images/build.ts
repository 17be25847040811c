import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { billOfMaterials } from "./bill-of-materials.ts";
import { ingredientsOf } from "./components.ts";
import { packLayer } from "./layer.ts";
import { type Image, makeArchive } from "./oci-archive.ts";
import { type ImageName, imageList, referenceOf } from "./reference.ts";
import { shunt } from "./shunt.ts";
import { shuntCni } from "./shunt-cni.ts";
import { shuntInit, shuntInitTools } from "./shunt-init.ts";
import { hereAndNow, root, type Target } from "./target.ts";

/**
 * Makes the images' archives in dist/images, without a container engine:
 *
 *     npx tsx images/build.ts [--arch ARCH] [--native FILE] [--plugin FILE] [--node FILE] [--modules FOLDER]
 *         [--output FOLDER] [--tree FOLDER] [NAME…]
 *
 * Beside each archive stands what is in it of others', as a CycloneDX document: NAME.cdx.json. --output says another folder.
 * With --tree only the file system of each image, as FOLDER/NAME.tar, which is what the Dockerfiles ask for.
 */
const images: Readonly<Record<ImageName, (target: Target, reference: string) => Promise<Image>>> = {
	"shunt-init": shuntInit,
	"shunt-init-tools": shuntInitTools,
	shunt,
	"shunt-cni": shuntCni,
};

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		arch: { type: "string" },
		native: { type: "string" },
		plugin: { type: "string" },
		node: { type: "string" },
		modules: { type: "string" },
		output: { type: "string" },
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
const output = values.tree ?? values.output ?? `${root}dist/images`;

mkdirSync(output, { recursive: true });
for (const name of imageList) {
	if (positionals.length === 0 || positionals.includes(name)) {
		await build(name, await images[name](target, referenceOf(name, version)));
	}
}

async function build(name: string, image: Image): Promise<void> {
	const whole = new Map(image.layers.flatMap(({ tree }) => [...tree]));
	if (values.tree !== undefined) {
		writeFileSync(`${output}/${name}.tar`, await packLayer(whole, time));
		return;
	}
	const { bytes, digest, compressed, unpacked } = await makeArchive(image, time);
	writeFileSync(`${output}/${name}.tar`, bytes);
	const product = { name: `shunt/${name}`, version, type: "container" } as const;
	writeFileSync(`${output}/${name}.cdx.json`, billOfMaterials(product, ingredientsOf(whole), time));
	process.stdout.write(`${image.reference}  ${mb(compressed)} packed, ${mb(unpacked)} unpacked  ${digest}\n`);
}

function mb(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}
