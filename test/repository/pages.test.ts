import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

/** Pages that send their readers to files: from where the files' names in them count. */
const pages: readonly (readonly [page: string, folders: readonly string[]])[] = [
	["CONTRIBUTING.md", [""]],
	["native/README.md", ["", "native", "native/src"]],
];

/** What stands in backticks and looks like a path; `{a,b}` and `*` as in a shell. */
function pathsIn(text: string): string[] {
	return [...text.matchAll(/`([^`]+)`/g)]
		.flatMap(([, code = ""]) => code.split(" "))
		.filter((word) => /^[\w.-]+(?:\/[\w.*{},-]+)+$|^[\w-]+\.(?:rs|ts|sh|c|md|json)$/.test(word))
		.filter((word) => !/^(?:dist|native\/target)\/|^\/|^etc\//.test(word));
}

function expand(path: string): string[] {
	const [, before, list, after] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
	return list === undefined ? [path] : list.split(",").map((one) => `${before}${one}${after}`);
}

function exists(path: string): boolean {
	const folder = dirname(path);
	if (!path.includes("*") || !existsSync(folder)) {
		return existsSync(path);
	}
	const [before = "", after = ""] = path.slice(folder.length + 1).split("*");
	return readdirSync(folder).some((name) => name.startsWith(before) && name.endsWith(after));
}

describe.each(pages)("%s", (page, folders) => {
	const text = readFileSync(page, "utf8");

	it("names files and folders that exist", () => {
		const paths = pathsIn(text).flatMap(expand);
		expect(paths.length).toBeGreaterThan(20);
		const missing = paths.filter((path) => !folders.some((folder) => exists(join(folder, path))));
		expect(missing).toEqual([]);
	});

	it("links to files that exist", () => {
		for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
			expect(existsSync(join(dirname(page), target)), target).toBe(true);
		}
	});
});

it("native/README.md has a row for every source file", () => {
	const text = readFileSync("native/README.md", "utf8");
	const sources = readdirSync("native/src", { recursive: true, encoding: "utf8" }).filter((file) =>
		file.endsWith(".rs"),
	);
	expect(sources.length).toBeGreaterThan(10);
	expect(sources.filter((file) => !text.includes(`\`src/${file}\``))).toEqual([]);
});
