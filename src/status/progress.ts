import type { Host } from "../host/host.ts";

/** Says how far something has come, where it is due; undefined once it is done. */
export type Progress = (state: string | undefined) => void;

/** On standard error, for a look that takes long: see {@link Host.sayWhileSlow}. */
export function createProgress(host: Host, program: string): Progress {
	return (state) => host.sayWhileSlow(state === undefined ? undefined : `${program}: ${state} …`);
}
