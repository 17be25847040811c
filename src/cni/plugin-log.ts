import { createLogger, type Logger } from "../command/logger.ts";
import { harmless } from "../domain/harmless.ts";
import type { LogLevel } from "../domain/log-level.ts";
import { type Host, HostError } from "../host/host.ts";

export interface LogPlace {
	readonly level: LogLevel;
	/** Also there, for the agent to forward; who rotates it is the agent. */
	readonly file: string | undefined;
}

/**
 * The plugin's log: standard error, which a runtime keeps in its own journal at best, and a file. A log that cannot be
 * written fails nothing, and says so once on standard error.
 */
export function createPluginLog(host: Host, { level, file }: LogPlace): Logger {
	let isLost = file === undefined;
	const log = (line: string) => {
		host.log(line);
		if (isLost || file === undefined) {
			return;
		}
		try {
			host.appendFile(file, `${harmless(line)}\n`);
		} catch (error) {
			if (!(error instanceof HostError)) {
				throw error;
			}
			isLost = true;
			host.log(`shunt-cni: the log file cannot be written: ${error.message}`);
		}
	};
	return createLogger({ ...host, log }, "plain", level);
}
