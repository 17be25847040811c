import type { InjectConfig } from "../../inject/config.ts";
import type { JsonObject } from "../../inject/json.ts";
import type { Cluster } from "../../kube/cluster.ts";
import type { ProbeTarget } from "./probe-pod.ts";
import type { Reading, ReleaseReader } from "./release.ts";

/** What a check looks at. */
export interface CheckContext {
	readonly cluster: Cluster;
	/** The release's. */
	readonly namespace: string;
	readonly release: ReleaseReader;
	/** Milliseconds since the epoch. */
	now(): number;
	/** How to try nodes, and in which mode; absent where nobody asked for it. */
	readonly nodeProbe: NodeProbe | undefined;
}

export interface Check {
	/** Its heading in docs/checks.md, and its name for programs. */
	readonly id: string;
	/** What is true when it passes. */
	readonly description: string;
	/** Whether what fails now may come true by waiting. */
	readonly isWorthWaiting?: boolean;
	/** Without it nothing that follows means anything. */
	readonly isFatal?: boolean;
	run(context: CheckContext): Promise<Outcome>;
}

/** What of all this a user asked for. */
export interface CheckRequest {
	/** Before an installation. */
	readonly pre: boolean;
	/** The pods of applications too. */
	readonly proxy: boolean;
	readonly probeNodes: boolean;
}

/** What a user said about trying nodes. */
export interface NodeProbe {
	/** What the given values make, over a release's stored ones; absent: nothing is given, so the release's own counts. */
	readonly targetFrom: ((stored: JsonObject | undefined) => Promise<Reading<ProbeTarget>>) | undefined;
	/** Where the pods are to be; absent: the release's namespace, or `default` before there is one. */
	readonly namespace: string | undefined;
	/** How long one node may take, in milliseconds. */
	readonly timeoutMs: number;
	sleep(milliseconds: number): Promise<void>;
	isStopped(): boolean;
	progress(text: string): void;
}

/** What came of one check. Only a failure makes the whole fail. */
export type Outcome =
	| {
			readonly kind: "ok";
			readonly note?: string;
			readonly details?: readonly string[];
			readonly data?: unknown;
	  }
	| Shortcoming
	| { readonly kind: "skipped"; readonly reason: string };

/** Something to tell, with what it is about line by line. */
export interface Shortcoming {
	readonly kind: "warning" | "failed";
	readonly message: string;
	readonly details?: readonly string[];
	/** For programs. */
	readonly data?: unknown;
}

export const passed: Outcome = { kind: "ok" };

export function passedWith(note: string): Outcome {
	return { kind: "ok", note };
}

export function failed(message: string, details: readonly string[] = []): Outcome {
	return { kind: "failed", message, details };
}

export function warning(message: string, details: readonly string[] = []): Outcome {
	return { kind: "warning", message, details };
}

export function skipped(reason: string): Outcome {
	return { kind: "skipped", reason };
}

/** As long a list as a person reads; JSON has all of it. */
export function listed(lines: readonly string[], most = 20): string[] {
	return lines.length <= most
		? [...lines]
		: [...lines.slice(0, most), `and ${lines.length - most} more (-o json lists them all)`];
}

/** For a check that is about a release's configuration; without one there is nothing to compare with. */
export async function withConfig(
	context: CheckContext,
	check: (config: InjectConfig) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
	const reading = await context.release.config();
	return reading.kind === "read"
		? check(reading.value)
		: skipped("the release's configuration cannot be read");
}
