import { runShunt } from "./programs.ts";

/** What `shunt connections --output json` says of one connection, as far as tests look at it. */
export interface SeenConnection {
	readonly direction: string;
	readonly family: string;
	readonly from: string;
	readonly to: string;
	readonly wentTo?: string;
	readonly via: string;
	readonly redirectedTo?: number;
	readonly state: string;
	readonly tracking: string;
	readonly owner?: {
		readonly uid: number;
		readonly process?: { readonly pid: number; readonly command: string };
	};
	readonly receiver?: SeenConnection["owner"];
	readonly rule?: { readonly name: string; readonly table: string };
	readonly agrees: boolean | null;
	readonly now?: string;
}

/** What it says of one namespace. */
export interface SeenNamespace {
	readonly netns: { readonly name?: string };
	readonly totals: Readonly<Record<string, unknown>> & {
		readonly connections: number;
		readonly byRule: readonly {
			readonly direction: string;
			readonly via: string;
			readonly rule?: string;
			readonly agrees: boolean | null;
			readonly connections: number;
		}[];
	};
	readonly notRead: readonly { readonly what: string; readonly why: string }[];
	readonly notes: readonly string[];
	readonly connections: readonly SeenConnection[];
}

export interface SeenConnections extends SeenNamespace {
	readonly status: number | null;
	readonly stderr: string;
}

/** `shunt connections ARGS… --output json` of one namespace, to its end. */
export function seeConnections(args: readonly string[]): SeenConnections {
	const { status, stdout, stderr } = runShunt(["connections", ...args, "--output", "json"], {
		maxBuffer: 1 << 28,
	});
	return { status, stderr, ...seenIn(stdout, stderr) };
}

export function seenIn(stdout: string, stderr: string): SeenNamespace {
	try {
		return JSON.parse(stdout).namespaces[0];
	} catch {
		throw new Error(`shunt connections printed no report: ${stderr}`);
	}
}

/** How many there are of each kind, in words. What a rule's comment says beyond its reason is another in each dialect. */
export function kindsOfConnections(connections: readonly SeenConnection[]): Record<string, number> {
	const count: Record<string, number> = {};
	for (const { direction, family, to, via, redirectedTo, tracking, agrees, rule } of connections) {
		const port = to.slice(to.lastIndexOf(":") + 1);
		const where = `${via}${redirectedTo === undefined ? "" : `:${redirectedTo}`}`;
		const verdict = { true: "as now", false: "otherwise", null: "unknown" }[`${agrees}`];
		const reason = rule?.name.replace(/^(ignore-port)-.*$/, "$1") ?? "none";
		const words = `${family} ${direction} to ${port}, ${where}, ${tracking}, ${verdict} by ${reason}`;
		count[words] = (count[words] ?? 0) + 1;
	}
	return count;
}
