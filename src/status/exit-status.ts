import type { BackendErrorCode } from "../backend/backend-error.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { type Examination, mayBeOurs } from "./examine.ts";
import type { Sight } from "./report.ts";

/** One for everything that was seen. Drift that is certain goes before what could not be seen. */
export function exitCodeOf(sights: readonly Sight[]): ExitCode {
	const codes = sights.map((sight) =>
		"failure" in sight ? sight.failure.exitCode : codeOf(sight.examination),
	);
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
