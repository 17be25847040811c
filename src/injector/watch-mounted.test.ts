import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { watchFiles } from "./watch-mounted.ts";

const folders: string[] = [];
afterEach(() => {
	for (const folder of folders.splice(0)) {
		rmSync(folder, { recursive: true });
	}
});

function watched(intervalMs: number, name = "values.yaml") {
	const folder = mkdtempSync(`${tmpdir()}/shunt-watch-`);
	folders.push(folder);
	let checks = 0;
	const waiting: (() => void)[] = [];
	const watching = watchFiles({
		paths: [`${folder}/${name}`],
		intervalMs,
		check: () => {
			checks += 1;
			for (const resolve of waiting.splice(0)) {
				resolve();
			}
		},
	});
	return {
		folder,
		watching,
		checks: () => checks,
		next: () => new Promise<void>((done) => waiting.push(done)),
	};
}

const hour = 3_600_000;

describe("watching files", () => {
	it("notices what a kubelet does: a new folder, and a link renamed over the old one", async () => {
		const { folder, watching, next } = watched(hour);
		const checked = next();
		mkdirSync(`${folder}/..state`);
		writeFileSync(`${folder}/..state/values.yaml`, "{}");
		symlinkSync("..state", `${folder}/..data_tmp`);
		renameSync(`${folder}/..data_tmp`, `${folder}/..data`);
		await checked;
		watching.close();
	});

	it("looks at every interval where nothing is noticed, as in a folder that is not there", async () => {
		const { watching, next, checks } = watched(5, "missing/values.yaml");
		await next();
		await next();
		expect(checks()).toBe(2);
		watching.close();
	});

	it("looks once for many changes, and not after it was closed", async () => {
		const { folder, watching, next, checks } = watched(hour);
		const checked = next();
		for (let number = 0; number < 100; number++) {
			writeFileSync(`${folder}/${number}`, "");
		}
		await checked;
		expect(checks()).toBe(1);
		watching.close();
		writeFileSync(`${folder}/values.yaml`, "{}");
		await new Promise((resolve) => setTimeout(resolve, 150));
		expect(checks()).toBe(1);
	});
});
