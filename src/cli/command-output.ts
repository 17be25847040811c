import { isatty } from "node:tty";
import type { OutputConfiguration } from "commander";
import { harmless } from "../domain/harmless.ts";
import { writeStandardError, writeStandardOutput } from "../host/node-streams.ts";

/**
 * How Commander writes help and mistakes. What is no terminal is never opened as a stream: that alone makes a pipe
 * non-blocking, for whoever else writes to it too.
 */
export const commandOutput: OutputConfiguration = {
	writeOut: writeStandardOutput,
	writeErr: writeStandardError,
	outputError: (text, write) => write(mistake(text)),
	getOutHelpWidth: () => (isatty(1) ? process.stdout.columns : usualWidth),
	getErrHelpWidth: () => (isatty(2) ? process.stderr.columns : usualWidth),
	getOutHasColors: () => false,
	getErrHasColors: () => false,
};

/** What Commander takes where there is no terminal. */
const usualWidth = 80;

/** One line, whatever was typed, and Commander's guess below it. */
function mistake(text: string): string {
	const [, message = "", guess = ""] = /^(.*?)(\n\(Did you mean .*\))?\n?$/s.exec(text) ?? [];
	return `${harmless(message)}${guess}\n`;
}
