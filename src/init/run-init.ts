import type { ExitCode } from "../domain/exit-code.ts";
import type { Host } from "../host/host.ts";
import { setUpFailure } from "./advice.ts";
import { initHelp } from "./help.ts";
import { runInitWith, type Seldom } from "./init.ts";
import { runProbe } from "./probe.ts";

/** `shunt init`: programs a policy into a network namespace. Answers with the exit status. */
export function runInit(host: Host, argv: readonly string[], program = "shunt init"): ExitCode {
	return runInitWith(host, argv, program, seldomOfInit);
}

export const seldomOfInit: Seldom = { help: initHelp, probe: runProbe, advise: setUpFailure };
