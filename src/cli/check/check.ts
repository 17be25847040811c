import type { Cluster } from "../../kube/cluster.ts";
import type { CategoryName } from "./category-names.ts";
import type { NodeProbe } from "./node-probe.ts";
import type { Outcome } from "./outcome.ts";
import type { ReleaseReader } from "./release.ts";

/** What a check looks at. */
export interface Inquiry {
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
	readonly isWorthWaiting: boolean;
	/** Without it nothing that follows means anything. */
	readonly isFatal?: boolean;
	run(inquiry: Inquiry): Promise<Outcome>;
}

export interface Category {
	readonly name: CategoryName;
	readonly checks: readonly Check[];
	isWanted(request: CheckRequest): boolean;
}

/** What of all this a user asked for. */
export interface CheckRequest {
	/** Before an installation. */
	readonly pre: boolean;
	/** The pods of applications too. */
	readonly proxy: boolean;
	readonly probeNodes: boolean;
}
