import type { PlainValue } from "../../chart/index.ts";
import type { StoredRelease } from "../chart/stored-release.ts";

/** An installed release, wherever it was read. */
export interface Installed {
	/** Undefined where it cannot be read and need not be (`--reset-values`). */
	readonly store: StoredRelease | undefined;
	/** What the cluster says it is. */
	readonly kubeVersion?: string;
	/** The Secret with the injector's certificate of that name, as the API has it. */
	secret(name: string): Promise<PlainValue | undefined>;
}
