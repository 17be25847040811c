import { type Dialect, dialects } from "./mode.ts";

/**
 * What a node's agent has found out about the dialects that pods of its node can be served in, as it writes it on the node:
 *
 *     shunt.dev/node-dialects: {"version":1,"kernel":"6.1.0-13-amd64","mode":"nft","working":["nft","nftables"],"failures":{…}}
 */
export interface NodeDialects {
	/** `uname -r`; a dialect that works with one kernel may not work with the next. */
	readonly kernel: string;
	/** What mode auto comes to; absent where none works. */
	readonly mode: Dialect | undefined;
	readonly working: readonly Dialect[];
	/** Why not, by dialect. */
	readonly failures: Readonly<Record<string, string>>;
}

/** On the node. */
export const nodeDialectsAnnotation = "shunt.dev/node-dialects";

const version = 1;
/** Of a tool's words that may be a page. */
const longestFailure = 300;

export function formatNodeDialects({ kernel, mode, working, failures }: NodeDialects): string {
	const short = Object.entries(failures).map(([dialect, why]) => [dialect, why.slice(0, longestFailure)]);
	return JSON.stringify({ version, kernel, mode, working, failures: Object.fromEntries(short) });
}

/** Undefined for what is no such text, or of a later version. */
export function parseNodeDialects(text: string): NodeDialects | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const { kernel, mode, working, failures, version: said } = isMap(value) ? value : {};
	if (said !== version || !Array.isArray(working)) {
		return undefined;
	}
	return {
		kernel: typeof kernel === "string" ? kernel : "unknown",
		mode: dialects.find((dialect) => dialect === mode),
		working: dialects.filter((dialect) => working.includes(dialect)),
		failures: Object.fromEntries(
			Object.entries(isMap(failures) ? failures : {}).map(([dialect, why]) => [dialect, `${why}`]),
		),
	};
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
