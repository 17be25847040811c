import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readElf } from "./elf.ts";
import { type FileTree, file, link, mergedUsr } from "./file-tree.ts";
import { withLibraries } from "./shared-libraries.ts";

const node = readFileSync(process.execPath);
const elf = readElf(node);
const folder = elf?.architecture === "arm64" ? "/usr/lib/aarch64-linux-gnu" : "/usr/lib/x86_64-linux-gnu";
const loader = mergedUsr(elf?.interpreter ?? "");

/** Stands for Node's libraries; each but one is a link to a versioned file, as libraries are. */
function system(): FileTree {
	return new Map([
		["/usr/bin/node", file(node, 0o755)],
		["/usr/bin/unrelated", file("")],
		[loader, link("/lib/loader")],
		["/usr/lib/loader", file("")],
		...(elf?.needed ?? []).flatMap((name) => [
			[`${folder}/${name}`, link(`${name}.1`)] as const,
			[`${folder}/${name}.1`, file("")] as const,
		]),
	]);
}

describe("withLibraries", () => {
	it("takes the loader, the libraries and what their links lead to, and nothing else", () => {
		const all = system();
		const taken = withLibraries(all, ["/usr/bin/node"]);
		all.delete("/usr/bin/unrelated");
		expect([...taken.keys()].sort()).toEqual([...all.keys()].sort());
	});

	it("names the library that is missing, and who wants it", () => {
		const all = system();
		all.delete(`${folder}/libc.so.6`);
		expect(() => withLibraries(all, ["/usr/bin/node"])).toThrow("/usr/bin/node needs libc.so.6");
	});

	it("names the program that is missing", () => {
		expect(() => withLibraries(system(), ["/usr/sbin/nft"])).toThrow("/usr/sbin/nft is in none");
	});
});
