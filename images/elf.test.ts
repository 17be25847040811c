import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readElf } from "./elf.ts";

describe("readElf", () => {
	it("finds the loader and the libraries of this Node", () => {
		const elf = readElf(readFileSync(process.execPath));
		expect(elf?.interpreter).toMatch(/^\/lib.*\/ld-linux/);
		expect(elf?.needed).toContain("libc.so.6");
	});

	it.each([
		["a script", Buffer.from("#!/bin/sh\n".padEnd(100))],
		["something short", Buffer.from("\x7fELF", "latin1")],
		["a 32-bit program", Buffer.from("\x7fELF\x01\x01".padEnd(100, "\0"), "latin1")],
		["another architecture", Buffer.from("\x7fELF\x02\x01".padEnd(100, "\0"), "latin1")],
	])("answers nothing for %s", (_, data) => {
		expect(readElf(data)).toBeUndefined();
	});
});
