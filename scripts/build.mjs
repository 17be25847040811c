// Bundles the Node programs into dist/, one file per entry point plus shared chunks, so that each command loads
// only what it needs. Packages are bundled too: of the Kubernetes client, which is 57 MB, 3 MB are used, and
// the injector holds 50 MB less than it would with all of it.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build, transform } from "esbuild";

/** Output folder and what goes there. The demo is bundled too, since its processes run as users of their own. */
const bundles = {
	"dist/main": [
		"src/main/shunt.ts",
		"src/main/proxy-init.ts",
		"src/main/shunt-cni.ts",
		"src/main/network-validator.ts",
		"src/main/kubectl-shunt.ts",
		"src/main/kubectl-complete-shunt.ts",
	],
	"dist/demo": ["demo/main.ts", "demo/inhabitant.ts"],
};

/** The page of `shunt explain --html`, which the command carries in itself as text. */
async function explainPage() {
	const made = await build({
		entryPoints: ["src/cli/explain/page/main.ts", "src/cli/explain/page/page.css"],
		outdir: "page",
		bundle: true,
		write: false,
		minify: true,
		charset: "ascii",
		format: "iife",
		platform: "browser",
		target: "es2022",
		legalComments: "none",
		logLevel: "warning",
	});
	const text = (name) => made.outputFiles.find(({ path }) => path.endsWith(name)).text.trim();
	return { script: text("main.js"), style: text("page.css") };
}

/** The charts' schemas, compiled, in place of the file that says that there are none. */
const compiledSchemas = {
	name: "compiled schemas",
	setup({ onLoad }) {
		onLoad({ filter: /\/src\/cli\/chart\/compiled-schema\.ts$/ }, async ({ path }) => {
			const { code } = await transform(await readFile(path, "utf8"), { loader: "ts" });
			const { ajvOptions } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
			const files = ["charts/shunt/values.schema.json", "charts/shunt-cni/values.schema.json"];
			const schemas = await Promise.all(files.map((file) => readFile(file, "utf8")));
			const ajv = new Ajv({ ...ajvOptions, code: { ...ajvOptions.code, source: true, esm: true } });
			const names = schemas.map((_, index) => `chart${index}`);
			for (const [index, name] of names.entries()) {
				ajv.addSchema(JSON.parse(schemas[index]), name);
			}
			const validators = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, name])));
			const compiled = schemas.map(
				(schema, index) => `{ schema: ${JSON.stringify(schema)}, validate: ${names[index]} }`,
			);
			const contents = `${validators}
export const compiledSchemas = [${compiled.join(", ")}];
export const ajvOptions = ${JSON.stringify(ajvOptions)};`;
			return { contents, loader: "js", resolveDir: process.cwd() };
		});
	},
};

/** Those whose native code is found beside them. images/shunt.ts puts them into the image. */
const external = ["koffi"];

/** CommonJS packages ask for Node's modules by a function that ES modules do not have. */
const banner = `import{createRequire as makeRequire}from"node:module";const require=makeRequire(import.meta.url);`;

// Aside first: a build that fails leaves the last good one in place, and one that works takes its place in a moment.
const aside = `dist/.build-${process.pid}`;
try {
	const define = { __EXPLAIN_PAGE__: JSON.stringify(await explainPage()) };
	for (const [folder, entryPoints] of Object.entries(bundles)) {
		const { metafile } = await build({
			entryPoints,
			outdir: `${aside}/${folder}`,
			bundle: true,
			splitting: true,
			format: "esm",
			platform: "node",
			target: "node20",
			external,
			banner: { js: banner },
			// Names stay, and lines stay short, so that a stack trace means something without the source map.
			minifyWhitespace: true,
			lineLimit: 160,
			legalComments: "none",
			sourcemap: true,
			metafile: true,
			define,
			plugins: [compiledSchemas],
			logLevel: "warning",
		});
		// Whose licences an image has to carry.
		await writeFile(`${aside}/${folder}/packages.json`, JSON.stringify(packagesIn(metafile)));
	}
	for (const folder of Object.keys(bundles)) {
		await mkdir(folder, { recursive: true });
		await rename(folder, `${aside}/old-${folder.replace("/", "-")}`);
		await rename(`${aside}/${folder}`, folder);
	}
} finally {
	await rm(aside, { recursive: true, force: true });
}

/** Folders of the packages that went into a bundle. */
function packagesIn({ inputs }) {
	const folders = Object.keys(inputs).flatMap(
		(path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
	);
	return [...new Set(folders)].sort();
}
