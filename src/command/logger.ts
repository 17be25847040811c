import { type LogLevel, logLevels } from "../domain/log-level.ts";
import type { Host } from "../host/host.ts";

export type LogFormat = "plain" | "json";

export type { LogLevel };

/** Each takes a message, or several lines that are to bear the same time. */
export type Logger = Readonly<Record<"warn" | "info" | "debug", (messages: Messages) => void>>;

type Messages = string | Lines | (() => Lines);

/** A function makes them where they are logged at all: there may be tens of thousands. */
type Lines = readonly (string | AlikeLines)[];

/** Messages that begin alike, as both formats want them between quotation marks: spelled in JSON. */
export interface AlikeLines {
	readonly start: string;
	readonly ends: readonly string[];
}

/** Lines in the reference program's two formats, on the host's log. */
export function createLogger(host: Host, format: LogFormat, threshold: LogLevel): Logger {
	const writer = (level: LogLevel) => {
		if (logLevels.indexOf(level) > logLevels.indexOf(threshold)) {
			return () => {};
		}
		const word = spelled[level] ?? level;
		return (messages: Messages) => {
			const { before, behind } = frameOf(format, word, new Date(host.now()).toISOString());
			for (const message of linesOf(messages)) {
				if (typeof message === "string") {
					// What could steer a terminal stays: the host spells it out in every line, in JSON's way.
					host.log(before + JSON.stringify(message).slice(1, -1) + behind);
					continue;
				}
				const start = before + message.start;
				for (const end of message.ends) {
					host.log(start + end + behind);
				}
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

/** What stands around a message. */
function frameOf(format: LogFormat, level: string, time: string): { before: string; behind: string } {
	return format === "json"
		? { before: `{"level":"${level}","msg":"`, behind: `","time":"${time}"}` }
		: { before: `time="${time}" level=${level} msg="`, behind: '"' };
}
