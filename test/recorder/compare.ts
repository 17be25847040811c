import { readFileSync } from "node:fs";
import { shuntProgram } from "../support/programs.ts";
import { type Difference, differenceOf } from "./difference.ts";
import { parseCases, type RecordedCase } from "./recorded-case.ts";
import { inFreshNetns, tablesOf } from "./reference-program.ts";

const usage = `Runs \`shunt init\` on recorded cases and prints every difference to what the reference program did.

  npx tsx test/recorder/compare.ts FILE…

Deliberate differences are listed too, so that somebody reads them. Needs root; exits 1 when there is any difference.
`;

process.exitCode = main(process.argv.slice(2));

function main(files: readonly string[]): number {
	if (files.length === 0) {
		process.stderr.write(usage);
		return 64;
	}
	const cases = files.flatMap((file) => parseCases(readFileSync(file, "utf8")));
	const differences = cases.flatMap((recorded) => {
		const difference = runCase(recorded);
		return difference === undefined ? [] : [{ recorded, difference }];
	});
	for (const { recorded, difference } of differences) {
		process.stdout.write(`${recorded.args.join(" ")}\n  ${difference.join("\n  ")}\n\n`);
	}
	process.stdout.write(`${cases.length} cases, ${differences.length} differences\n`);
	return differences.length > 0 ? 1 : 0;
}

function runCase(recorded: RecordedCase): Difference | undefined {
	return inFreshNetns((netns) => {
		const ours = netns.try(shuntProgram, ["init", ...recorded.args]);
		return differenceOf(recorded, {
			exit: ours.status ?? -1,
			said: ours.stderr.trim(),
			...tablesOf(netns, recorded.mode),
		});
	});
}
