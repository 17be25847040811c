import type { JsonObject } from "../../inject/json.ts";
import type { ProbeTarget } from "./probe-target.ts";
import type { Reading } from "./release.ts";

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
