import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { onTestFinished } from "vitest";

/** The bundle: the native program has no pages to write. */
const shunt = "bin/shunt";

/** `shunt explain ARGS… --html`, into a file that goes with the test. */
export function writePage(args: readonly string[]): string {
	const folder = mkdtempSync(`${tmpdir()}/shunt-page-`);
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const path = `${folder}/page.html`;
	const { status, stderr } = spawnSync(shunt, ["explain", ...args, "--html", path], {
		encoding: "utf8",
		timeout: 120_000,
	});
	if (status !== 0) {
		throw new Error(`shunt explain: ${stderr}`);
	}
	return path;
}

/** A manifest in a file that goes with the test. */
export function writeManifest(manifest: unknown): string {
	const folder = mkdtempSync(`${tmpdir()}/shunt-manifest-`);
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const path = `${folder}/manifest.json`;
	writeFileSync(path, JSON.stringify(manifest));
	return path;
}
