import { type Host, HostError } from "../../src/host/host.ts";

/**
 * The inner side of the contract suite: a program on a host that does what a file says and writes down what came of
 * it. Files, because standard input and output are themselves what is looked at.
 */

export type Operation = {
	[Name in keyof Host]: { readonly call: Name; readonly with: Parameters<Host[Name]> };
}[keyof Host];

/** What a call returned (absent: undefined), or threw. */
export type Finding =
	| { readonly returned?: unknown }
	| { readonly threw: { readonly name: string; readonly code?: string; readonly message: string } };

/** `argv` is the file of operations and the existing file for their findings. */
export function drive(host: Host, [operationsPath = "", findingsPath = ""]: readonly string[]): number {
	const operations: Operation[] = JSON.parse(host.readFile(operationsPath) ?? "[]");
	const findings = operations.map((operation) => perform(host, operation));
	host.writeFile(findingsPath, JSON.stringify(findings));
	return 0;
}

function perform(host: Host, operation: Operation): Finding {
	try {
		const method = host[operation.call] as (...args: readonly unknown[]) => unknown;
		return { returned: method(...operation.with) };
	} catch (error) {
		if (!(error instanceof Error)) {
			throw error;
		}
		const { name, message } = error;
		return { threw: { name, message, ...(error instanceof HostError ? { code: error.code } : {}) } };
	}
}
