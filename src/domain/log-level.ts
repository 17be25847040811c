import { err, ok, type Result } from "./problem.ts";

/** The reference program's levels (those of logrus), most severe first. */
export const logLevels = ["panic", "fatal", "error", "warn", "info", "debug", "trace"] as const;
export type LogLevel = (typeof logLevels)[number];

/** What else they are called: by logrus, whose ParseLevel does not mind capitals, and by Rust's tracing. */
const otherNames: Readonly<Record<string, LogLevel>> = { warning: "warn", off: "panic" };

const accepted = `one of ${logLevels.join(", ")}`;

export function parseLogLevel(text: string, source: string): Result<LogLevel> {
	const level = levelOf(text);
	return level === undefined ? err({ source, value: text, complaint: "is not known", accepted }) : ok(level);
}

/**
 * A level, or the filter of several that Linkerd's proxy and network validator take, such as `warn,linkerd=debug`: what
 * stands alone is meant for everything, the rest for modules that only they have. Without one that stands alone the most
 * talkative counts.
 */
export function parseLogFilter(text: string, source: string): Result<LogLevel> {
	const directives = text.split(",").map((directive) => directive.trim().split("="));
	const levels = directives.map((parts) => levelOf(parts.at(-1) ?? ""));
	const alone = directives.findIndex((parts) => parts.length === 1);
	const indices = levels.map((level) => (level === undefined ? -1 : logLevels.indexOf(level)));
	const chosen = alone >= 0 ? levels[alone] : logLevels[Math.max(...indices)];
	return chosen === undefined || indices.includes(-1)
		? err({ source, value: text, complaint: "is not known", accepted })
		: ok(chosen);
}

function levelOf(text: string): LogLevel | undefined {
	const lower = text.toLowerCase();
	return Object.hasOwn(otherNames, lower) ? otherNames[lower] : logLevels.find((level) => level === lower);
}
