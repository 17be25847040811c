import { CommanderError } from "commander";
import { exitCodes } from "../domain/exit-code.ts";
import { proxyCommand } from "../proxy/command.ts";

try {
	// By exit, because a kubelet's connection to the admin server may still be closing.
	await proxyCommand((status) => process.exit(status)).parseAsync();
} catch (error) {
	if (!(error instanceof CommanderError)) {
		throw error;
	}
	process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
}
