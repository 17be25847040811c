import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findChart, readChartFiles } from "./chart-folder.ts";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "shunt-charts-"));
	mkdirSync(join(folder, "charts/one/templates/deep"), { recursive: true });
	mkdirSync(join(folder, "dist/main"), { recursive: true });
	writeFileSync(join(folder, "charts/one/Chart.yaml"), "name: one\n");
	writeFileSync(join(folder, "charts/one/templates/deep/a.yaml"), "kind: A\n");
});
afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
});

describe("a chart", () => {
	it("is found from where the program is", () => {
		expect(findChart("one", join(folder, "dist/main/shunt.js"))).toBe(join(folder, "charts/one"));
	});

	it("that is not there is an installation's mistake, and named", () => {
		expect(() => findChart("two", join(folder, "dist/main/shunt.js"))).toThrow("the chart two is missing");
	});

	it("is all of its files, by their paths in it", () => {
		expect([...readChartFiles(join(folder, "charts/one")).keys()]).toEqual([
			"Chart.yaml",
			"templates/deep/a.yaml",
		]);
	});
});
