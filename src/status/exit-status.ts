import type { BackendErrorCode } from "../backend/backend-error.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { type Examination, mayBeOurs } from "./examine.ts";
import type { Sight } from "./report.ts";

/**
 * One for everything. Drift that is certain goes before what could not be seen, of which `isShort` says that there are
 * processes whose namespace more permission would show.
 */
export function exitCodeOf(sights: readonly Sight[], isShort: boolean): ExitCode {
	const codes: ExitCode[] = sights.map((sight) =>
		"failure" in sight ? sight.failure.exitCode : codeOf(sight.examination),
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
		return first === undefined ? exitCodes.failed : unreadCodes[first.code];
	}
	return drift.length > 0 ? exitCodes.drift : exitCodes.done;
}

const unreadCodes: Record<BackendErrorCode, ExitCode> = {
	"missing-tool": exitCodes.noDialect,
	"not-permitted": exitCodes.notPermitted,
	refused: exitCodes.failed,
	"no-answer": exitCodes.failed,
	crashed: exitCodes.failed,
	"not-started": exitCodes.failed,
};
