import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { writeEmptyProgram } from "./empty-program.ts";

test("the empty program runs and succeeds without a word", () => {
	const folder = mkdtempSync(`${tmpdir()}/shunt-empty-`);
	try {
		writeEmptyProgram(`${folder}/empty`);
		expect(spawnSync(`${folder}/empty`, { encoding: "utf8" })).toMatchObject({
			status: 0,
			signal: null,
			stdout: "",
			stderr: "",
		});
	} finally {
		rmSync(folder, { recursive: true });
	}
});
