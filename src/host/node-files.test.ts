import {
	chmodSync,
	lstatSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeWhole } from "./node-files.ts";

let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "shunt-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a file of our own making", () => {
	/** The last piece begins between the halves of a character, if one does not look. */
	const long = `${"x".repeat(1024 * 1024 - 1)}🚀${"é".repeat(1024 * 1024)}`;

	it.each(["", "é\n", long])("holds what was written, and nothing lies beside it", (text) => {
		writeWhole(at("new"), text);
		expect(readFileSync(at("new"), "utf8") === text).toBe(true);
		expect(readdirSync(folder)).toEqual(["new"]);
	});

	it("takes another's place, its mode and where a link leads", () => {
		writeFileSync(at("old"), "before");
		chmodSync(at("old"), 0o640);
		symlinkSync("old", at("link"));
		writeWhole(at("link"), "after");
		expect(readFileSync(at("old"), "utf8")).toBe("after");
		expect(statSync(at("old")).mode & 0o777).toBe(0o640);
		expect(lstatSync(at("link")).isSymbolicLink()).toBe(true);
	});

	it("may be a device, which stays one", () => {
		writeWhole("/dev/null", "x");
		expect(() => writeWhole("/dev/full", "x")).toThrow(/^no space left on device$/);
		expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
	});

	it("may have as long a name as there are", () => {
		const name = "x".repeat(255);
		writeWhole(at(name), "x");
		expect(readdirSync(folder)).toEqual([name]);
		expect(() => writeWhole(at(`${name}x`), "x")).toThrow(/^name too long$/);
		expect(readdirSync(folder)).toEqual([name]);
	});

	it("is not made in a folder that is none, which is what the error names", () => {
		expect(() => writeWhole(at("missing/page"), "x")).toThrow(
			`its folder ${at("missing")}: no such file or directory`,
		);
		expect(() => writeWhole(at("."), "x")).toThrow(/^illegal operation on a directory$/);
		expect(readdirSync(folder)).toEqual([]);
		writeFileSync(at("file"), "");
		expect(() => writeWhole(at("file/page"), "x")).toThrow(/^not a directory$/);
		expect(readdirSync(folder)).toEqual(["file"]);
	});
});
