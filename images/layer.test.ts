import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fileCapability } from "./file-capability.ts";
import { type FileTree, file, link } from "./file-tree.ts";
import { packLayer } from "./layer.ts";

const capability = fileCapability(["net_admin", "net_raw"], { effective: false });
const tree: FileTree = new Map([
	["/usr/bin/program", file("text", 0o755, capability)],
	["/usr/bin/other", link("program")],
]);
const time = new Date("2020-02-02T02:02:02Z");

it("a layer is what tar understands, with owners, modes, times and, marked by a star, capabilities", async () => {
	const folder = mkdtempSync(join(tmpdir(), "shunt-layer-"));
	try {
		const archive = join(folder, "layer.tar");
		writeFileSync(archive, await packLayer(tree, time));
		const list = [
			"--list",
			"-vv",
			"--xattrs-include=security.capability",
			"--utc",
			"--full-time",
			"--numeric-owner",
		];
		const listed = execFileSync("tar", [...list, "--file", archive], { encoding: "utf8" });
		expect(listed.replaceAll(/ +/g, " ").split("\n")).toEqual([
			"drwxr-xr-x 0/0 0 2020-02-02 02:02:02 usr/",
			"drwxr-xr-x 0/0 0 2020-02-02 02:02:02 usr/bin/",
			"lrwxrwxrwx 0/0 0 2020-02-02 02:02:02 usr/bin/other -> program",
			"-rwxr-xr-x* 0/0 4 2020-02-02 02:02:02 usr/bin/program",
			"",
		]);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

it("the same tree, however it was put together, gives the same bytes", async () => {
	const backwards: FileTree = new Map([...tree].reverse());
	expect(await packLayer(backwards, time)).toEqual(await packLayer(tree, time));
});
