import type { Host } from "../host/host.ts";

export type LogFormat = "plain" | "json";

/** The reference program's levels (those of logrus), most severe first. */
export const logLevels = ["panic", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Logger {
	error(message: string): void;
	warn(message: string): void;
	info(message: string): void;
	debug(message: string): void;
}

/** Lines in the reference program's two formats, on the host's log. */
export function createLogger(host: Host, format: LogFormat, threshold: LogLevel): Logger {
	const write = (level: LogLevel, message: string) => {
		if (logLevels.indexOf(level) <= logLevels.indexOf(threshold)) {
			host.log(formatLine(format, spelled[level] ?? level, message, new Date(host.now())));
		}
	};
	return {
		error: (message) => write("error", message),
		warn: (message) => write("warn", message),
		info: (message) => write("info", message),
		debug: (message) => write("debug", message),
	};
}

const spelled: Partial<Record<LogLevel, string>> = { warn: "warning" };

function formatLine(format: LogFormat, level: string, msg: string, date: Date): string {
	const time = date.toISOString();
	return format === "json"
		? JSON.stringify({ level, msg, time })
		: `time=${JSON.stringify(time)} level=${level} msg=${JSON.stringify(msg)}`;
}
