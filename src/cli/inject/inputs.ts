import { fail, ok, type Problem, type Result } from "../../domain/problem.ts";
import type { ManifestWorld } from "./world.ts";

/** A manifest file's text and what messages call it. */
export interface Input {
	readonly name: string;
	readonly text: string;
}

/** Files, directories with everything below them that looks like a manifest, and `-` for standard input. */
export function readInputs(paths: readonly string[], world: ManifestWorld): Result<readonly Input[]> {
	if (paths.length === 0) {
		return fail({ source: "arguments", complaint: "name no manifest", accepted: "files, directories, or -" });
	}
	if (paths.filter((path) => path === "-").length > 1) {
		return fail({ source: "-", complaint: "is given twice", accepted: "standard input once" });
	}
	const problems: Problem[] = [];
	const inputs = paths.flatMap((path) =>
		path === "-" ? [{ name: "standard input", text: world.stdin() }] : readPath(path, world, problems),
	);
	return problems.length > 0 ? fail(...problems) : ok(inputs);
}

function readPath(path: string, world: ManifestWorld, problems: Problem[]): Input[] {
	try {
		const names = world.list(path);
		return names === undefined
			? [{ name: path, text: world.readFile(path) }]
			: readDirectory(path, names, world, problems);
	} catch (error) {
		problems.push(unreadable(path, error));
		return [];
	}
}

function readDirectory(
	path: string,
	names: readonly string[],
	world: ManifestWorld,
	problems: Problem[],
): Input[] {
	const folder = path.replace(/\/+$/, "");
	return names
		.toSorted()
		.map((name) => `${folder}/${name}`)
		.filter((below) => isWanted(below, world))
		.flatMap((below) => readPath(below, world, problems));
}

/** A link that leads nowhere is not a directory, and not a manifest unless its name says so. */
function isWanted(path: string, world: ManifestWorld): boolean {
	try {
		return /\.(?:ya?ml|json)$/.test(path) || world.list(path) !== undefined;
	} catch {
		return false;
	}
}

function unreadable(path: string, error: unknown): Problem {
	const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
	const complaint = code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? error})`;
	return { source: path, complaint, accepted: "a file or a directory, or - for standard input" };
}
