import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { findReference } from "./find-reference.ts";
import { generateAttempt } from "./generate.ts";
import { createRandom } from "./random.ts";
import { formatCase, parseCases, type RecordedCase } from "./recorded-case.ts";
import { type Attempt, record } from "./reference-program.ts";

const usage = `Records what the reference program (proxy-init) does, each time in a fresh network namespace.

  npx tsx test/recorder/record.ts FILE…                    run the cases of these files again and rewrite the files
  npx tsx test/recorder/record.ts --check FILE…            the same, but only say whether anything is different now
  npx tsx test/recorder/record.ts --new N [--seed S] FILE  add N cases of the same kind to FILE

Needs root and the reference program: $PROXY_INIT, what scripts/reference.sh installed, or proxy-init on PATH.
`;

process.exitCode = main(process.argv.slice(2));

function main(argv: string[]): number {
	const { values, positionals } = parseArgs({
		args: argv,
		allowPositionals: true,
		options: {
			check: { type: "boolean", default: false },
			new: { type: "string", default: "0" },
			seed: { type: "string", default: `${Date.now() % 2 ** 32}` },
		},
	});
	const program = findReference(process.env);
	if (positionals.length === 0 || program === undefined) {
		process.stderr.write(
			program === undefined ? `The reference program is not installed.\n\n${usage}` : usage,
		);
		return 64;
	}
	const count = Number(values.new);
	if (count > 0) {
		return addCases(program, positionals[0] ?? "", { count, seed: Number(values.seed) });
	}
	const changed = positionals.map((file) => recordAgain(program, file, values.check));
	return values.check && changed.some((number) => number > 0) ? 1 : 0;
}

function recordAgain(program: string, file: string, onlyCheck: boolean): number {
	const before = parseCases(readFileSync(file, "utf8"));
	const after = recordAll(program, before);
	const changed = after.filter((recorded, index) => {
		const old = before[index];
		return old === undefined || formatCase(old) !== formatCase(recorded);
	});
	for (const { args, exit } of changed) {
		process.stdout.write(`${file}: different now (exit ${exit}): ${args.join(" ")}\n`);
	}
	process.stdout.write(`${file}: ${before.length} cases, ${changed.length} different now\n`);
	if (!onlyCheck) {
		writeCases(file, after);
	}
	return changed.length;
}

function addCases(program: string, file: string, { count, seed }: { count: number; seed: number }): number {
	const random = createRandom(seed);
	const attempts = Array.from({ length: count }, () => generateAttempt(random));
	const before = existsSync(file) ? parseCases(readFileSync(file, "utf8")) : [];
	writeCases(file, [...before, ...recordAll(program, attempts)]);
	process.stdout.write(`${file}: ${count} cases added (seed ${seed})\n`);
	return 0;
}

function recordAll(program: string, attempts: readonly Attempt[]): RecordedCase[] {
	return attempts.map(({ args, mode }, index) => {
		if (index % 20 === 0) {
			process.stderr.write(`${index} of ${attempts.length}\n`);
		}
		return record(program, { args, mode });
	});
}

function writeCases(file: string, cases: readonly RecordedCase[]): void {
	writeFileSync(file, cases.map((recorded) => `${formatCase(recorded)}\n`).join(""));
}
