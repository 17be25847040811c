import type { Netns } from "./netns.ts";
import { runShunt } from "./programs.ts";

/** What `shunt status --output json` says of one namespace, as far as tests look at it. */
export interface SeenNamespace {
	readonly netns: {
		readonly path: string;
		readonly inode: string;
		readonly name?: string;
		readonly processes: number;
		readonly process?: { readonly pid: number; readonly command: string };
	};
	readonly verdict: string;
	readonly comparedWith?: string;
	readonly notRuledOut: readonly string[];
	readonly policy?: readonly string[];
	readonly held: readonly { readonly mode: string; readonly family: string; readonly rules: number }[];
	readonly drift: readonly {
		readonly kind: string;
		readonly mode: string;
		readonly family: string;
		readonly hook?: string;
		readonly position?: number;
		readonly sentence: string;
	}[];
	readonly foreignFirst: readonly {
		readonly mode: string;
		readonly family: string;
		readonly table: string;
		readonly hook: string;
		readonly position: number;
		readonly rule: string;
		readonly comes: string;
	}[];
	readonly others: readonly {
		readonly mode: string;
		readonly family: string;
		readonly rules: number;
		readonly programs: readonly string[];
		readonly notUnderstood: readonly string[];
	}[];
	/** Why nothing could be seen; then there is nothing below `verdict`. */
	readonly errors?: readonly string[];
	readonly remarks: readonly string[];
	readonly notRead: readonly { readonly mode: string; readonly family: string; readonly why: string }[];
}

export interface Seen {
	readonly status: number | null;
	readonly verdict: string;
	readonly namespaces: readonly SeenNamespace[];
}

/** `shunt status ARGS… --output json`, to its end. */
export function seeStatus(args: readonly string[], env?: NodeJS.ProcessEnv): Seen {
	const ended = runShunt(["status", ...args, "--output", "json"], env === undefined ? {} : { env });
	try {
		return { status: ended.status, ...JSON.parse(ended.stdout) };
	} catch {
		throw new Error(
			`status ${args.join(" ")} (exit status ${ended.status}) printed no report: ${ended.stderr}`,
		);
	}
}

/** Of the one namespace that the arguments and `netns` lead to. */
export function seeOne(
	netns: Netns,
	args: readonly string[] = [],
): SeenNamespace & { status: number | null } {
	const seen = seeStatus(["--netns", netns.path, ...args]);
	const [one] = seen.namespaces;
	if (one === undefined || seen.namespaces.length > 1) {
		throw new Error(`${seen.namespaces.length} namespaces instead of one`);
	}
	return { ...one, status: seen.status };
}

/** The kinds of drift, each once, in alphabetical order. */
export function kindsOf({ drift }: Pick<SeenNamespace, "drift">): string[] {
	return [...new Set(drift.map(({ kind }) => kind))].sort();
}
