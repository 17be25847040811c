// Sums up the vitest reports of the tiers named after their folder: says again what failed, prints `N passed, N failed`,
// and fails when anything failed or was skipped, or when a tier has no test that ran.
import { existsSync, readFileSync } from "node:fs";

const [folder, ...tiers] = process.argv.slice(2);
let passed = 0;
let failed = 0;

for (const tier of tiers) {
	const report = `${folder}/${tier}.json`;
	const files = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")).testResults : [];
	const tests = files.flatMap((file) => file.assertionResults);
	const tierPassed = tests.filter(({ status }) => status === "passed").length;
	const complaints = [
		...files
			.filter((file) => file.status === "failed" && file.assertionResults.length === 0)
			.map((file) => `did not load: ${file.name}: ${ends(file.message)}`),
		...tests
			.filter(({ status }) => status !== "passed")
			.map(
				({ status, fullName, failureMessages }) => `${status}: ${fullName}: ${ends(failureMessages?.[0])}`,
			),
		...(tierPassed === 0 ? ["no test ran"] : []),
	];
	for (const complaint of complaints) {
		console.error(`${tier}: ${complaint}`);
	}
	passed += tierPassed;
	failed += complaints.length;
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** What failed stands at the beginning, and what a shell last did at the end. */
function ends(message = "") {
	return message.length <= 2_500 ? message : `${message.slice(0, 1_000)}\n[…]\n${message.slice(-1_500)}`;
}
