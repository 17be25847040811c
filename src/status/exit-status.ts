import { backendExitCodes } from "../command/failure.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { type Examination, mayBeOurs } from "./examine.ts";
import type { NamespaceReport } from "./report.ts";

/**
 * One for everything. Drift that is certain goes before what could not be seen, of which `isShort` says that there are
 * processes whose namespace more permission would show.
 */
export function exitCodeOf(reports: readonly NamespaceReport[], isShort: boolean): ExitCode {
	const codes: ExitCode[] = reports.map((report) =>
		"failure" in report ? report.failure.exitCode : codeOf(report.examination),
	);
	if (isShort) {
		codes.push(exitCodes.notPermitted);
	}
	const order: readonly ExitCode[] = [
		exitCodes.drift,
		exitCodes.notPermitted,
		exitCodes.failed,
		exitCodes.noDialect,
	];
	return order.find((code) => codes.includes(code)) ?? exitCodes.done;
}

function codeOf({ verdict, notRead, drift }: Examination): ExitCode {
	if (verdict === "unknown") {
		const [first] = notRead.filter(mayBeOurs);
		return first === undefined ? exitCodes.failed : backendExitCodes[first.code];
	}
	return drift.length > 0 ? exitCodes.drift : exitCodes.done;
}
