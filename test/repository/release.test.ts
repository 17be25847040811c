import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { packChart } from "../../scripts/release/charts.ts";
import { npmInstall } from "../../scripts/release/foreign-parts.ts";
import { provenance } from "../../scripts/release/provenance.ts";

const time = new Date(0);

function emptyFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "shunt-release-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	return folder;
}

function tar(folder: string, args: readonly string[]): string {
	const { stdout, status, stderr } = spawnSync("tar", args, { cwd: folder, encoding: "utf8" });
	expect(status, stderr).toBe(0);
	return stdout;
}

describe("a packed chart", () => {
	it("is a folder of its name, with every file of the chart, and the same each time", async () => {
		const folder = emptyFolder();
		const packed = await packChart("shunt-cni", time);
		writeFileSync(join(folder, "chart.tgz"), packed);
		const names = tar(folder, ["--list", "--file", "chart.tgz"]).split("\n");
		expect(names).toEqual(expect.arrayContaining(["shunt-cni/Chart.yaml", "shunt-cni/values.schema.json"]));
		tar(folder, ["--extract", "--file", "chart.tgz"]);
		const { status, stdout } = spawnSync(
			"diff",
			["--recursive", "charts/shunt-cni", join(folder, "shunt-cni")],
			{
				encoding: "utf8",
			},
		);
		expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
		expect(gunzipSync(await packChart("shunt-cni", time)).equals(gunzipSync(packed))).toBe(true);
	});
});

describe("a provenance", () => {
	it("names every file by its digest, the commit, and what a second build came to", () => {
		const folder = emptyFolder();
		writeFileSync(join(folder, "a"), "text");
		const made = provenance(folder, ["a"], {
			commit: "0123",
			isChanged: false,
			tools: { rustc: "rustc 1.2.3" },
			secondBuild: ["shunt: the same to the byte"],
			architectures: ["amd64"],
		});
		const { subject, predicate } = JSON.parse(made);
		const sha256 = createHash("sha256").update("text").digest("hex");
		expect(subject).toEqual([{ name: "a", digest: { sha256 } }]);
		const lock = createHash("sha256").update(readFileSync("native/Cargo.lock")).digest("hex");
		expect(predicate.buildDefinition.resolvedDependencies).toEqual(
			expect.arrayContaining([
				{ name: "source", digest: { gitCommit: "0123" }, annotations: { changed: false } },
				{ name: "native/Cargo.lock", digest: { sha256: lock } },
			]),
		);
		expect(predicate.runDetails.byproducts).toEqual([
			{ name: "second build", annotations: { line: "shunt: the same to the byte" } },
		]);
	});
});

describe("packages for another processor", () => {
	it("come into the folder that is meant, also below a checkout with packages of its own", () => {
		const folder = emptyFolder();
		const packed = join(folder, "packed");
		const inside = join(folder, "checkout/dist/foreign");
		for (const path of [packed, inside, join(folder, "checkout/node_modules")]) {
			mkdirSync(path, { recursive: true });
		}
		writeFileSync(join(folder, "checkout/package.json"), "{}");
		writeFileSync(join(packed, "package.json"), JSON.stringify({ name: "packed", version: "1.0.0" }));
		const quiet = ["--offline", "--no-save", "--no-audit", "--no-fund", "--install-links"];
		npmInstall(inside, [...quiet, packed]);
		expect(readdirSync(join(inside, "node_modules"))).toContain("packed");
		expect(readdirSync(join(folder, "checkout/node_modules"))).toEqual([]);
	});
});

describe("make release", () => {
	it("refuses what it does not know, all at once, before it builds anything", () => {
		const { status, stderr } = spawnSync("npx", ["--no-install", "tsx", "scripts/release/release.ts"], {
			encoding: "utf8",
			env: { ...process.env, RELEASE_ARCHITECTURES: "amd64 mips", RELEASE_WITHOUT: "tests" },
			timeout: 60_000,
		});
		expect(status).toBe(1);
		expect(stderr).toContain('RELEASE_ARCHITECTURES: "mips" (want amd64, arm64)');
		expect(stderr).toContain('RELEASE_WITHOUT: "tests" (want check, try, reproduce)');
	});
});
