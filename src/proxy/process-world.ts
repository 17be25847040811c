import { readLimits } from "./open-files.ts";
import { kernelOriginalDestination } from "./original-destination.ts";
import type { ProxyWorld } from "./run-proxy.ts";
import { openStdout } from "./stdout.ts";

/** This very process, and the kernel under it. */
export const processWorld: ProxyWorld = {
	originalDestination: kernelOriginalDestination,
	output: openStdout,
	limits: readLimits,
	signals: process,
};
