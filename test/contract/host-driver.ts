import { type Command, type Host, HostError } from "../../src/host/host.ts";

/**
 * The inner side of the contract suite: a program on a host that does what a file says and writes down what came of
 * it. Files, because standard input and output are themselves what is looked at.
 */

export type Operation =
	| { [Name in keyof Host]: { readonly call: Name; readonly with: Parameters<Host[Name]> } }[keyof Host]
	/** With something happening meanwhile. */
	| { readonly call: "run meanwhile"; readonly with: readonly [readonly GivenCommand[], Happening] }
	/** With the same while each one's input is made. */
	| { readonly call: "run making input"; readonly with: readonly [readonly GivenCommand[], Happening] }
	/** A lock that is given back after this has happened. */
	| { readonly call: "lock a while"; readonly with: readonly [path: string, meanwhile: Happening] };

/** A command that can be written to a file. */
export type GivenCommand = Command & { readonly stdin?: string };

export interface Happening {
	/** The host is asked for this file until it is there, for so many milliseconds. */
	readonly awaits?: { readonly path: string; readonly milliseconds: number };
	/** An existing file is given this text. */
	readonly writes?: { readonly path: string; readonly text: string };
	/** An error with this message, and nothing after it. */
	readonly breaksOff?: string;
}

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
		if (operation.call === "run meanwhile") {
			const [commands, happening] = operation.with;
			return { returned: host.run(commands, () => happen(host, happening)) };
		}
		if (operation.call === "run making input") {
			return { returned: host.run(inTheMaking(host, ...operation.with)) };
		}
		if (operation.call === "lock a while") {
			const [path, happening] = operation.with;
			const release = host.lock(path, 0);
			happen(host, happening);
			return typeof release === "function" ? { returned: release() } : { returned: release };
		}
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

function inTheMaking(host: Host, commands: readonly GivenCommand[], meanwhile: Happening): Command[] {
	return commands.map(({ stdin = "", ...command }) => ({
		...command,
		stdin: () => {
			happen(host, meanwhile);
			return stdin;
		},
	}));
}

function happen(host: Host, { awaits, writes, breaksOff }: Happening): void {
	if (breaksOff !== undefined) {
		throw new Error(breaksOff);
	}
	if (writes !== undefined) {
		host.writeFile(writes.path, writes.text);
	}
	if (awaits !== undefined) {
		const end = host.now() + awaits.milliseconds;
		while (host.readFile(awaits.path) === undefined) {
			if (host.now() > end) {
				throw new Error(`${awaits.path} did not come to be`);
			}
		}
	}
}
