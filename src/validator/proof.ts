import type { Direction } from "../domain/endpoint.ts";
import type { Family } from "../domain/family.ts";
import type { Topic } from "./probe.ts";

/** What is known now about one thing that the policy says. */
export interface Proof {
	readonly topic: Topic;
	readonly direction: Direction;
	readonly family: Family;
	readonly outcome: "proven" | "failed" | "unproven";
	readonly text: string;
	/** The rule that it is about, by its comment in the kernel. */
	readonly rule?: string;
	/** There is nothing to prove, because the policy wants it so. */
	readonly isWanted?: boolean;
	/** Something else is broken, without which this cannot be told. */
	readonly isMoot?: boolean;
}
