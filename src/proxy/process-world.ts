import { kernelOriginalDestination } from "../linux/original-destination.ts";
import { openStdout } from "../serving/stdout.ts";
import { readLimits } from "./open-files.ts";
import type { ProxyWorld } from "./run-proxy.ts";

/** This very process, and the kernel under it. */
export const processWorld: ProxyWorld = {
	originalDestination: kernelOriginalDestination,
	output: openStdout,
	limits: readLimits,
	signals: process,
};
