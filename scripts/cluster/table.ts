import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/**
 * What a run of the e2e-cluster tests has proven, as tables in Markdown on standard output:
 *
 *     npx tsx scripts/cluster/table.ts FOLDER
 *
 * FOLDER has vitest's reports, `results*.json`, the `figures` that tests came to, and of a cluster of our own its
 * `settings` and `memory` (scripts/cluster/e2e.sh).
 */
const folder = process.argv[2] ?? "dist/e2e-cluster";

interface Results {
	readonly startTime: number;
	readonly testResults: readonly {
		readonly name: string;
		readonly endTime: number;
		readonly assertionResults: readonly {
			readonly ancestorTitles: readonly string[];
			readonly title: string;
			readonly status: string;
			readonly duration?: number;
		}[];
	}[];
}

const reports = readdirSync(folder).filter((name) => /^results.*\.json$/.test(name));
const runs = reports.map((name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as Results);
const rows = runs
	.flatMap(({ testResults }) => testResults)
	.flatMap(({ name, assertionResults }) =>
		assertionResults.map(({ ancestorTitles, title, status, duration = 0 }) => [
			basename(name, ".test.ts"),
			[...ancestorTitles, title].join(": ").replaceAll("|", "\\|"),
			status === "passed" ? "yes" : status,
			(duration / 1000).toFixed(1),
		]),
	);
const passed = rows.filter(([, , status]) => status === "yes").length;
// Of a file vitest tells when its first test began and its last ended, so what files install between them is in a run's time alone.
const seconds = runs.reduce(
	(sum, { startTime, testResults }) =>
		sum + (Math.max(...testResults.map(({ endTime }) => endTime)) - startTime) / 1000,
	0,
);

const settings = linesOf("settings").map((line) => `\`${line}\``);
print(
	`${passed} of ${rows.length} proven, in ${seconds.toFixed(0)} s${settings.length > 0 ? `: ${settings.join(", ")}` : ""}.`,
);
print("");
print(table(["file", "what", "proven", "seconds"], rows));
for (const [name, head] of [
	["figures", ["figure", "value"]],
	["memory", ["part", "MiB resident"]],
] as const) {
	const body = linesOf(name).map((line) => [line.replace(/ [^ ]+$/, ""), line.replace(/^.* /, "")]);
	if (body.length > 0) {
		print("");
		print(table(head, body));
	}
}

function linesOf(name: string): string[] {
	const path = `${folder}/${name}`;
	return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
	const lines = [head, head.map(() => "---"), ...body];
	return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
