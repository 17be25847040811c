import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmless } from "../domain/harmless.ts";
import { HostError } from "../host/host.ts";
import { writeStandardError } from "../host/node-streams.ts";

/**
 * Runs a program to its exit status. Where standard output does not take all of its result the status says so, and a
 * line why, since most of what we print is for another program to act on.
 */
export async function delivering(
	program: string,
	run: () => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
	try {
		return await run();
	} catch (error) {
		if (!(error instanceof HostError)) {
			throw error;
		}
		writeStandardError(`${harmless(`${program}: ${error.message}`)}\n`);
		return exitCodes.failed;
	}
}
