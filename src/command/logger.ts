import { type LogLevel, logLevels } from "../domain/log-level.ts";
import type { Host } from "../host/host.ts";

export type LogFormat = "plain" | "json";

export type { LogLevel };

/** Each takes a message, or several lines that are to bear the same time. */
export type Logger = Readonly<Record<"warn" | "info" | "debug", (messages: Messages) => void>>;

type Messages = string | Lines | (() => Lines);

/** A function makes them where they are logged at all: there may be tens of thousands. */
type Lines = readonly (string | Quoted)[];

/** A message in quotation marks, which both formats want, for what is known before it is to be logged. */
export interface Quoted {
	readonly json: string;
}

/** What could steer a terminal stays: the host spells it out in every line, in JSON's way. */
export function quote(message: string): Quoted {
	return { json: JSON.stringify(message) };
}

/** Lines in the reference program's two formats, on the host's log. */
export function createLogger(host: Host, format: LogFormat, threshold: LogLevel): Logger {
	const writer = (level: LogLevel) => {
		if (logLevels.indexOf(level) > logLevels.indexOf(threshold)) {
			return () => {};
		}
		const word = spelled[level] ?? level;
		return (messages: Messages) => {
			const time = new Date(host.now()).toISOString();
			for (const message of linesOf(messages)) {
				const { json } = typeof message === "string" ? quote(message) : message;
				host.log(formatLine(format, word, json, time));
			}
		};
	};
	return { warn: writer("warn"), info: writer("info"), debug: writer("debug") };
}

function linesOf(messages: Messages): Lines {
	if (typeof messages === "string") {
		return [messages];
	}
	return typeof messages === "function" ? messages() : messages;
}

const spelled: Partial<Record<LogLevel, string>> = { warn: "warning" };

function formatLine(format: LogFormat, level: string, quoted: string, time: string): string {
	return format === "json"
		? `{"level":"${level}","msg":${quoted},"time":"${time}"}`
		: `time="${time}" level=${level} msg=${quoted}`;
}
