import { existsSync, readFileSync } from "node:fs";
import { terminationMessageLimits } from "./kubelet-defaults.ts";

/** The lines that a container wrote, from the file in which the runtime keeps them for the kubelet. */
export function readContainerLog(file: string): string[] {
	const text = existsSync(file) ? readFileSync(file, "utf8") : "";
	// `TIME stdout|stderr F LINE`; a P instead of F stands before a piece of a line.
	const pieces = [...text.matchAll(/^\S+ (?:stdout|stderr) ([FP]) (.*)$/gm)];
	return pieces
		.map(([, kind, piece = ""]) => (kind === "F" ? `${piece}\n` : piece))
		.join("")
		.split("\n")
		.slice(0, -1);
}

/** What `kubectl describe pod` says of a failed container that wrote no message of its own. */
export function terminationMessage(log: readonly string[]): string {
	return log.slice(-terminationMessageLimits.lines).join("\n").slice(-terminationMessageLimits.bytes);
}
