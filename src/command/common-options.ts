import { type LogLevel, parseLogLevel } from "../domain/log-level.ts";
import { parseChoice } from "../domain/words.ts";
import type { OutputFormat } from "./failure.ts";
import type { FlagValues } from "./flag-values.ts";
import type { LogFormat } from "./logger.ts";
import { type NamedNetns, parseNetns } from "./netns.ts";

/** What every program takes that works in a network namespace. */
export interface CommonOptions {
	readonly netns: NamedNetns | undefined;
	readonly output: OutputFormat;
	readonly logFormat: LogFormat;
	readonly logLevel: LogLevel;
}

/** Reads the flags of {@link CommonOptions}; their mistakes are then among the problems of `flags`. */
export function readCommon(flags: FlagValues): CommonOptions {
	return {
		netns: flags.isGiven("netns") ? flags.one("netns", parseNetns) : undefined,
		output: flags.one("output", parseChoice<OutputFormat>(["text", "json"])) ?? "text",
		logFormat: flags.one("log-format", parseChoice<LogFormat>(["plain", "json"])) ?? "plain",
		logLevel: flags.one("log-level", parseLogLevel) ?? "info",
	};
}
