// Bundles what runs inside the native program, and refuses code of the outer rings and more than the budgets.
//
//     tsx scripts/native-bundle.ts FOLDER main=ENTRY [NAME=ENTRY...]
//
// Into the folder go main.js, NAME.js for what is loaded when it is asked for, and what they share.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, type BuildOptions, build, type Metafile } from "esbuild";
import { packagesInNativePrograms } from "../images/components.ts";
import { mayImport } from "../test/repository/may-import.ts";
import { roomOf } from "../test/repository/walls.ts";

/** Bytes of minified JavaScript: of what every run has in its heap, and of all together. Raise them knowingly. */
const budgets = { atStart: 236_000, inAll: 280_000 };

/** Beside rings 0-2: the Host port's native implementation with what it shares, and the libraries that images say are in them. */
const allowed = [
	/^src\/host\/(?!node|memory)/,
	...packagesInNativePrograms.map((name) => new RegExp(`^node_modules/${name.replaceAll(".", "\\.")}/`)),
];

export interface Bundles {
	/** By file name: `main.js` and the others. */
	readonly code: ReadonlyMap<string, string>;
	/** The names of those that are loaded at every start. */
	readonly atStart: readonly string[];
	/** What is wrong with them, one sentence each. */
	readonly objections: readonly string[];
}

/** `main` is the entry point of the program, the others are loaded by their names. */
export async function bundlesForNative(
	entryPoints: Readonly<Record<"main", string> & Record<string, string>>,
): Promise<Bundles> {
	try {
		const { outputFiles, metafile } = await build({ ...options, entryPoints });
		const code = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
		const atStart = withImports("main.js", metafile);
		const entries = Object.values(entryPoints);
		return { code, atStart, objections: [...strangers(metafile, entries), ...overBudget(code, atStart)] };
	} catch (error) {
		return { code: new Map(), atStart: [], objections: messagesOf(error) };
	}
}

const options = {
	bundle: true,
	// What several entry points need is there once, in a bundle that these import.
	splitting: true,
	chunkNames: "shared-[hash]",
	outdir: "bundles",
	write: false,
	metafile: true,
	format: "esm",
	// No platform: an import of node:fs is an error here, not a surprise there.
	platform: "neutral",
	mainFields: ["module", "main"],
	target: "es2023",
	minify: true,
	legalComments: "none",
	logLevel: "silent",
} satisfies BuildOptions;

function withImports(name: string, { outputs }: Metafile): string[] {
	const imports = outputs[`${options.outdir}/${name}`]?.imports ?? [];
	return [
		name,
		...imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => basename(path)),
	];
}

function messagesOf(error: unknown): string[] {
	if (error instanceof Error && "errors" in error) {
		const { errors } = error as BuildFailure;
		return errors.map(({ text, location }) => (location === null ? text : `${location.file}: ${text}`));
	}
	throw error;
}

function strangers(metafile: Metafile, entryPoints: readonly string[]): string[] {
	// A test's own program may be of several files.
	const isTest = (path: string) =>
		path.startsWith("test/") && entryPoints.some((entry) => entry.startsWith("test/"));
	const isAllowed = (path: string) =>
		entryPoints.includes(path) ||
		isTest(path) ||
		(mayImport[roomOf(path, mayImport)]?.ring ?? 4) <= 2 ||
		allowed.some((pattern) => pattern.test(path));
	return Object.keys(metafile.inputs)
		.filter((path) => !isAllowed(path))
		.map((path) => `${path} is not of rings 0-2`);
}

function overBudget(code: ReadonlyMap<string, string>, atStart: readonly string[]): string[] {
	const started = sizeOf(code, atStart);
	const all = sizeOf(code, [...code.keys()]);
	return [
		...(started > budgets.atStart
			? [`${started} bytes at every start are more than the budget of ${budgets.atStart}`]
			: []),
		...(all > budgets.inAll ? [`${all} bytes in all are more than the budget of ${budgets.inAll}`] : []),
	];
}

function sizeOf(code: ReadonlyMap<string, string>, names: readonly string[]): number {
	return names.reduce((sum, name) => sum + Buffer.byteLength(code.get(name) ?? ""), 0);
}

async function main([folder, ...named]: readonly string[]): Promise<number> {
	const entryPoints = Object.fromEntries(named.map((word) => word.split("=", 2)));
	const { main: mainEntry } = entryPoints;
	if (folder === undefined || mainEntry === undefined) {
		console.error("usage: native-bundle FOLDER main=ENTRY [NAME=ENTRY...]");
		return 64;
	}
	const { code, atStart, objections } = await bundlesForNative({ ...entryPoints, main: mainEntry });
	for (const objection of objections) {
		console.error(`native-bundle: ${mainEntry}: ${objection}`);
	}
	if (objections.length > 0) {
		return 1;
	}
	const [started, all] = [atStart, [...code.keys()]].map((names) => sizeOf(code, names));
	console.log(`native-bundle: ${mainEntry}: ${started} bytes at every start, ${all} in all`);
	await mkdir(folder, { recursive: true });
	for (const old of await readdir(folder)) {
		await rm(`${folder}/${old}`);
	}
	for (const [name, text] of code) {
		await writeFile(`${folder}/${name}`, text);
	}
	return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	process.exitCode = await main(process.argv.slice(2));
}
