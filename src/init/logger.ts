import type { Host } from "../host/host.ts";

export type LogFormat = "plain" | "json";

/** The reference program's levels (those of logrus), most severe first. */
export const logLevels = ["panic", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Logger {
	error(message: string): void;
	warn(message: string): void;
	info(message: string | Quoted): void;
	debug(message: string): void;
}

/** A message in quotation marks, which both formats want, for what is known before it is to be logged. */
export interface Quoted {
	readonly json: string;
}

export function quote(message: string): Quoted {
	return { json: JSON.stringify(message) };
}

/** Lines in the reference program's two formats, on the host's log. */
export function createLogger(host: Host, format: LogFormat, threshold: LogLevel): Logger {
	const clock = createClock(host);
	const writer = (level: LogLevel) => {
		if (logLevels.indexOf(level) > logLevels.indexOf(threshold)) {
			return () => {};
		}
		const word = spelled[level] ?? level;
		return (message: string | Quoted) => {
			const { json } = typeof message === "string" ? quote(message) : message;
			host.log(formatLine(format, word, json, clock()));
		};
	};
	return { error: writer("error"), warn: writer("warn"), info: writer("info"), debug: writer("debug") };
}

/** The time as ISO 8601 has it. A run logs a line per rule, all within a millisecond or two. */
function createClock(host: Host): () => string {
	let last = Number.NaN;
	let written = "";
	return () => {
		const now = Math.floor(host.now());
		if (now !== last) {
			last = now;
			written = new Date(now).toISOString();
		}
		return written;
	};
}

const spelled: Partial<Record<LogLevel, string>> = { warn: "warning" };

function formatLine(format: LogFormat, level: string, quoted: string, time: string): string {
	return format === "json"
		? `{"level":"${level}","msg":${quoted},"time":"${time}"}`
		: `time="${time}" level=${level} msg=${quoted}`;
}
