import { createPaints, wantsColour } from "../src/cli/paint.ts";
import { type ExitCode, exitCodes } from "../src/domain/exit-code.ts";
import { CleanUp } from "./clean-up.ts";
import { runDemo } from "./demo.ts";
import { formatResult, introduction } from "./report.ts";
import { exitCodeOf, formatVerdict } from "./verdict.ts";

process.exitCode = await main(process.argv.includes("--json"));

async function main(asJson: boolean): Promise<ExitCode> {
	if (process.getuid?.() !== 0) {
		process.stderr.write("demo: making network namespaces takes root\n");
		return exitCodes.notPermitted;
	}
	const paints = createPaints(wantsColour(process.stdout.isTTY, process.env));
	const print = (text: string) => asJson || process.stdout.write(`${text}\n`);
	const cleanUp = new CleanUp();
	cleanUp.runAtTheEnd();
	try {
		print(introduction);
		const results = await runDemo(cleanUp, {
			progress: (what) => process.stderr.write(`${paints.faint(`… ${what}`)}\n`),
			result: (result) => print(formatResult(result, paints)),
		});
		print(formatVerdict(results, paints));
		if (asJson) {
			process.stdout.write(`${JSON.stringify({ exitCode: exitCodeOf(results), results }, null, "\t")}\n`);
		}
		return exitCodeOf(results);
	} catch (error) {
		process.stderr.write(`demo: ${error instanceof Error ? error.message : error}\n`);
		return exitCodes.failed;
	} finally {
		cleanUp.run();
	}
}
