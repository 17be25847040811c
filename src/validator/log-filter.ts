import { fail, ok, type Result } from "../domain/problem.ts";
import { type LogLevel, logLevels } from "../init/logger.ts";

/**
 * A level, or the reference program's filter of several such as `warn,linkerd=debug`: what stands alone is meant for
 * everything, the rest for modules that only it has. Without one that stands alone the most talkative counts.
 */
export function parseLogFilter(text: string, source: string): Result<LogLevel> {
	const directives = text
		.toLowerCase()
		.split(",")
		.map((part) => part.trim().split("="));
	const levels = directives.map((parts) => levelOf(parts.at(-1) ?? ""));
	const alone = directives.findIndex((parts) => parts.length === 1);
	const indices = levels.map((level) => (level === undefined ? -1 : logLevels.indexOf(level)));
	const chosen = alone >= 0 ? levels[alone] : logLevels[Math.max(...indices)];
	return chosen === undefined || indices.includes(-1)
		? fail({ source, value: text, complaint: "is not known", accepted: `one of ${logLevels.join(", ")}` })
		: ok(chosen);
}

const spelledOtherwise: Readonly<Record<string, LogLevel>> = { warning: "warn", off: "panic" };

function levelOf(text: string): LogLevel | undefined {
	return spelledOtherwise[text] ?? logLevels.find((level) => level === text);
}
