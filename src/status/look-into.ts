import { environmentFailure, type Failure } from "../command/failure.ts";
import { type Host, HostError } from "../host/host.ts";
import { type Namespace, ownPath } from "./namespaces.ts";

/** Says how far something has come, where it is due; undefined once it is done. */
export type Progress = (state: string | undefined) => void;

/** What to do with one namespace that was entered, and with one that could not be. */
export interface Visit<T> {
	look(namespace: Namespace): T;
	refused(namespace: Namespace, failure: Failure): T;
}

/**
 * Every namespace in turn. Entering one is for good, but only until the next is entered: this process does nothing
 * else, and nothing but its own thread and its children depends on where it is.
 */
export function lookInto<T>(
	host: Host,
	namespaces: readonly Namespace[],
	progress: Progress,
	{ look, refused }: Visit<T>,
): T[] {
	return namespaces.flatMap((namespace, index): T[] => {
		progress(`${index} of ${namespaces.length} network namespaces looked into`);
		try {
			if (namespace.path !== ownPath) {
				host.enterNetns(namespace.path);
			}
		} catch (error) {
			// It has gone since it was listed, with its last process or its name.
			const isGone = error instanceof HostError && (error.code === "not-found" || error.code === "invalid");
			return isGone ? [] : [refused(namespace, environmentFailure(error))];
		}
		return [look(namespace)];
	});
}
