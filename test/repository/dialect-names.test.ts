import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { dialects } from "../../src/domain/mode.ts";

/** Where a dialect may be known by its name: the list of them, the registry of who speaks them, and their own folders. */
const home = /^src\/(domain\/mode|backend\/backends|backend\/(iptables|nftables)\/.*)\.ts$/;

/** What the kernel tells of a table, put into the words of the dialect that it is of. */
const told = /^src\/wire\/(ip-words|nat-tables)\.ts$/;

/** The fake kernel has the tables of two of them, as the kernel has. */
const fake = /^src\/host\/memory[^/]*\.ts$/;

/** `plain` is also a format of logs, beside json, and a style of YAML's scalars. */
const otherMeaning = /"json"|log-?format|createLogger/i;
const yaml = /^src\/yaml\//;

const name = new RegExp(`(["'\`])(${dialects.join("|")})\\1`);

function isAnotherPlain(file: string, line: string, before: string): boolean {
	return line.match(name)?.[2] === "plain" && (otherMeaning.test(before + line) || yaml.test(file));
}

function isComment(line: string): boolean {
	return /^\s*(?:\/?\*|\/\/)/.test(line);
}

function linesNaming(pattern: RegExp): string[] {
	const files = readdirSync("src", { recursive: true, encoding: "utf8" })
		.map((path) => `src/${path}`)
		.filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
	return files.flatMap((file) => {
		const lines = readFileSync(file, "utf8").split("\n");
		const naming = lines.filter(
			(line, index) =>
				pattern.test(line) && !isComment(line) && !isAnotherPlain(file, line, lines[index - 1] ?? ""),
		);
		return naming.map((line) => `${file}: ${line.trim()}`);
	});
}

it("a dialect's name stands in the list of modes, in the registry of backends and in its own folder", () => {
	const strange = linesNaming(name).filter((found) => {
		const [file = ""] = found.split(":");
		return !home.test(file) && !told.test(file) && !fake.test(file);
	});
	expect(strange).toEqual([]);
});

it("is found where it stands", () => {
	for (const dialect of dialects) {
		const found = linesNaming(new RegExp(`"${dialect}"`)).filter((line) =>
			line.startsWith("src/backend/backends.ts"),
		);
		expect(found, dialect).not.toEqual([]);
	}
});
