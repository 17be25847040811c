// Prints `N passed, N failed` for a vitest JSON report. Fails when anything failed or was skipped, or when one of the
// tiers named after the report has no test that ran.
import { readFile } from "node:fs/promises";

const [report, ...tiers] = process.argv.slice(2);
const places = {
	unit: /\/(src|demo|bench|scripts)\/.*\.test\.ts$|\/test\/(property|golden|repository)\//,
	contract: /\/test\/contract\/(?!.*native)/,
	kernel: /\/test\/kernel\//,
	native: /\/test\/contract\/.*native/,
};
const { testResults } = JSON.parse(await readFile(report, "utf8"));
const count = (status, results = testResults) =>
	results.flatMap((file) => file.assertionResults).filter((test) => test.status === status).length;
const brokenFiles = testResults.filter((file) => file.status === "failed" && count("failed", [file]) === 0);
const empty = tiers.filter(
	(tier) =>
		count(
			"passed",
			testResults.filter(({ name }) => places[tier].test(name)),
		) === 0,
);
const skipped = count("pending") + count("skipped") + count("todo");
const failed = count("failed") + brokenFiles.length + empty.length + skipped;
for (const { name } of brokenFiles) {
	console.error(`did not load: ${name}`);
}
for (const tier of empty) {
	console.error(`no test of the ${tier} tier ran`);
}
if (skipped > 0) {
	console.error(`${skipped} tests were skipped`);
}
console.log(`${count("passed")} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
