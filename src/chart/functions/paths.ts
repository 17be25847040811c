import { type FunctionTable, fixed } from "./function.ts";

/** Package path, under sprig's names; `osBase` and its like are the same on Linux. */
export const pathFunctions: FunctionTable = {
	base: fixed(["string"], basePath),
	dir: fixed(["string"], directory),
	clean: fixed(["string"], cleanPath),
	ext: fixed(["string"], extension),
	isAbs: fixed(["string"], (path) => path.startsWith("/")),
	osBase: fixed(["string"], basePath),
	osDir: fixed(["string"], directory),
	osClean: fixed(["string"], cleanPath),
	osExt: fixed(["string"], extension),
	osIsAbs: fixed(["string"], (path) => path.startsWith("/")),
};

/** The last part of a path. */
export function basePath(path: string): string {
	if (path === "") {
		return ".";
	}
	const trimmed = path.replace(/\/+$/, "");
	return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

function directory(path: string): string {
	return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

function extension(path: string): string {
	return /\.[^./]*$/.exec(path)?.[0] ?? "";
}

/** The shortest path that means the same by its text alone. */
export function cleanPath(path: string): string {
	const rooted = path.startsWith("/");
	const parts: string[] = [];
	for (const part of path.split("/")) {
		if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") {
			parts.pop();
		} else if (part === ".." ? !rooted : part !== "" && part !== ".") {
			parts.push(part);
		}
	}
	const joined = parts.join("/");
	return rooted ? `/${joined}` : joined || ".";
}
