// Bundles what runs inside the native program, and refuses code of the outer rings and more than the budget.
//
//     tsx scripts/native-bundle.ts ENTRY OUTPUT
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildFailure, type BuildOptions, build, type Metafile } from "esbuild";
import { mayImport } from "../test/repository/may-import.ts";
import { roomOf } from "../test/repository/walls.ts";

/** Bytes of minified JavaScript. Today's size and room for the CNI plugin; raise it knowingly. */
const budget = 236_000;

/** Beside rings 0-2: the Host port's native implementation with what it shares, and the one library they may use. */
const allowed = [/^src\/host\/(?!node|memory)/, /^node_modules\/ipaddr\.js\//];

export interface Bundle {
	readonly code: string;
	/** What is wrong with it, one sentence each. */
	readonly objections: readonly string[];
}

export async function bundleForNative(entryPoint: string): Promise<Bundle> {
	try {
		const { outputFiles, metafile } = await build({ ...options, entryPoints: [entryPoint] });
		const code = outputFiles[0]?.text ?? "";
		return { code, objections: [...strangers(metafile, entryPoint), ...overBudget(code)] };
	} catch (error) {
		return { code: "", objections: messagesOf(error) };
	}
}

const options = {
	bundle: true,
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

function messagesOf(error: unknown): string[] {
	if (error instanceof Error && "errors" in error) {
		const { errors } = error as BuildFailure;
		return errors.map(({ text, location }) => (location === null ? text : `${location.file}: ${text}`));
	}
	throw error;
}

function strangers(metafile: Metafile, entryPoint: string): string[] {
	// A test's own program may be of several files.
	const isTest = (path: string) => path.startsWith("test/") && entryPoint.startsWith("test/");
	const isAllowed = (path: string) =>
		path === entryPoint ||
		isTest(path) ||
		(mayImport[roomOf(path, mayImport)]?.ring ?? 4) <= 2 ||
		allowed.some((pattern) => pattern.test(path));
	return Object.keys(metafile.inputs)
		.filter((path) => !isAllowed(path))
		.map((path) => `${path} is not of rings 0-2`);
}

function overBudget(code: string): string[] {
	const size = Buffer.byteLength(code);
	return size > budget ? [`${size} bytes are more than the budget of ${budget}`] : [];
}

async function main([entryPoint, output]: readonly string[]): Promise<number> {
	if (entryPoint === undefined || output === undefined) {
		console.error("usage: native-bundle ENTRY OUTPUT");
		return 64;
	}
	const { code, objections } = await bundleForNative(entryPoint);
	for (const objection of objections) {
		console.error(`native-bundle: ${entryPoint}: ${objection}`);
	}
	if (objections.length > 0) {
		return 1;
	}
	console.log(`native-bundle: ${entryPoint}: ${code.length} of ${budget} bytes`);
	await replaceIfDifferent(output, code);
	return 0;
}

/** An untouched file spares the half minute that compiling it in takes. */
async function replaceIfDifferent(path: string, text: string): Promise<void> {
	const old = await readFile(path, "utf8").catch(() => undefined);
	if (old !== text) {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
	process.exitCode = await main(process.argv.slice(2));
}
