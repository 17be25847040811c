import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/**
 * What a run of `make e2e-runtimes` has proven, as a table in Markdown on standard output:
 *
 *     npx tsx scripts/runtimes-table.ts FOLDER
 *
 * FOLDER has vitest's report of every release, `RELEASE.json`, and `versions`, a line of each containerd's.
 */
interface Report {
	readonly testResults: readonly {
		readonly name: string;
		readonly assertionResults: readonly {
			readonly ancestorTitles: readonly string[];
			readonly title: string;
			readonly status: string;
			readonly duration?: number;
		}[];
	}[];
}

const folder = process.argv[2] ?? "dist/e2e-runtimes";
const releases = readdirSync(folder)
	.filter((name) => name.endsWith(".json"))
	.map((name) => basename(name, ".json"))
	.sort();

/** File and title of a test, and what came of it in each release: seconds where it passed. */
const rows = new Map<string, Map<string, string>>();
for (const release of releases) {
	const report: Report = JSON.parse(readFileSync(`${folder}/${release}.json`, "utf8"));
	for (const { name, assertionResults } of report.testResults) {
		for (const { ancestorTitles, title, status, duration = 0 } of assertionResults) {
			const what = [...ancestorTitles, title].join(": ").replaceAll("|", "\\|");
			const row = `${basename(name, ".test.ts")} | ${what}`;
			const cells = rows.get(row) ?? new Map<string, string>();
			cells.set(release, status === "passed" ? (duration / 1000).toFixed(1) : `**${status}**`);
			rows.set(row, cells);
		}
	}
}

const lines = [
	readFileSync(`${folder}/versions`, "utf8").trim(),
	"",
	`| file | what | ${releases.join(" | ")} |`,
	`| --- | --- | ${releases.map(() => "---:").join(" | ")} |`,
	...[...rows].map(
		([row, cells]) => `| ${row} | ${releases.map((release) => cells.get(release) ?? "").join(" | ")} |`,
	),
];
process.stdout.write(`${lines.join("\n")}\n`);
