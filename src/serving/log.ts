import type { LogFormat } from "../command/logger.ts";
import { harmless, quoted } from "../domain/harmless.ts";
import { type LogLevel, logLevels } from "../domain/log-level.ts";

export type Fields = Readonly<Record<string, string | number | undefined>>;

/** The init container's log with fields. */
export interface Log {
	error(message: string, fields?: Fields): void;
	warn(message: string, fields?: Fields): void;
	info(message: string, fields?: Fields): void;
	debug(message: string, fields?: Fields): void;
}

/** Where lines go, each with its newline. */
export interface LogOutput {
	write(line: string): void;
}

export interface LogOptions {
	readonly logLevel: LogLevel;
	readonly logFormat: LogFormat;
}

type Level = keyof Log;
type Write = (level: Level, message: string, fields: Fields) => void;

/** Both formats hold the same: `time`, `level` and `msg` under the names of the init container's log, then the fields. */
export function createLog({ logLevel, logFormat }: LogOptions, output: LogOutput): Log {
	const write = logFormat === "json" ? jsonWriter(output) : plainWriter(output);
	const threshold = logLevels.indexOf(logLevel);
	const at =
		(level: Level) =>
		(message: string, fields: Fields = {}) => {
			if (logLevels.indexOf(level) <= threshold) {
				write(level, message, fields);
			}
		};
	return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

function jsonWriter(output: LogOutput): Write {
	return (level, msg, fields) => {
		const line = JSON.stringify({ time: now(), level: spelled(level), msg, ...fields });
		output.write(`${harmless(line)}\n`);
	};
}

function plainWriter(output: LogOutput): Write {
	return (level, message, fields) => {
		let line = `time="${now()}" level=${spelled(level)} msg=${quoted(message)}`;
		for (const name in fields) {
			const value = fields[name];
			if (value !== undefined) {
				line += ` ${name}=${plainValue(value)}`;
			}
		}
		output.write(`${line}\n`);
	};
}

function plainValue(value: string | number): string {
	return typeof value === "number" || /^[\w.:%[\]/+-]+$/.test(value) ? `${value}` : quoted(value);
}

function now(): string {
	return new Date().toISOString();
}

/** As logrus has it, and so every Go program around us. */
function spelled(level: string): string {
	return level === "warn" ? "warning" : level;
}
