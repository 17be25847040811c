import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const inside = readdirSync(`${root}/test/gvisor/inside`).filter((name) => name.endsWith(".test.ts"));

/** Each of the files in `inside` by itself, in a sandbox of its own; what is written there stays there. */
describe("in a sandbox of gVisor's, all tests pass of", () => {
	it.each(inside)("%s", (file) => {
		const runsc = spawnSync(`${root}/scripts/ensure-gvisor.sh`, { encoding: "utf8" });
		expect(runsc.status, runsc.stderr).toBe(0);
		const sandbox = ["--platform=systrap", "--network=none", "--ignore-cgroups", "--net-raw", "do"];
		const vitest = [`${root}/node_modules/vitest/vitest.mjs`, "run", "--project", "inside-gvisor", file];
		const { status, stdout, stderr } = spawnSync(
			runsc.stdout.trim(),
			[...sandbox, process.execPath, ...vitest, "--reporter=json"],
			{ cwd: root, encoding: "utf8", timeout: 590_000, maxBuffer: 2 ** 26 },
		);
		const report = JSON.parse(stdout.slice(stdout.indexOf('{"num')) || "{}");
		const failed = (report.testResults ?? []).flatMap(
			(one: {
				message: string;
				assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
			}) => [
				...(one.message === "" ? [] : [one.message]),
				...one.assertionResults
					.filter((each) => each.status !== "passed")
					.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join("\n")}`),
			],
		);
		expect(failed, stderr).toEqual([]);
		expect(report.numPassedTests, `${stdout}${stderr}`).toBeGreaterThan(0);
		expect(status).toBe(0);
	});
});
