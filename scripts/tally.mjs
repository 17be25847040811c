// Sums up the vitest reports of the tiers named after their folder: prints `N passed, N failed`, and fails when anything
// failed or was skipped, or when a tier has no test that ran.
import { existsSync, readFileSync } from "node:fs";

const [folder, ...tiers] = process.argv.slice(2);
let passed = 0;
let failed = 0;

for (const tier of tiers) {
	const report = `${folder}/${tier}.json`;
	const files = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).testResults : [];
	const statuses = files.flatMap((file) => file.assertionResults.map((test) => test.status));
	const broken = files.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
	const tierPassed = statuses.filter((status) => status === "passed").length;
	const complaints = [
		...broken.map((file) => `did not load: ${file.name}`),
		...statuses
			.filter((status) => status !== "passed" && status !== "failed")
			.map((status) => `a test is ${status}`),
		...(tierPassed === 0 ? ["no test ran"] : []),
	];
	for (const complaint of complaints) {
		console.error(`${tier}: ${complaint}`);
	}
	passed += tierPassed;
	failed += statuses.filter((status) => status === "failed").length + complaints.length;
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
