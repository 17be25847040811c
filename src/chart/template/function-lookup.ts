import type { GoFunction } from "../functions/function.ts";

/** The function of that name, if there is one. */
export type FunctionLookup = (name: string) => GoFunction | undefined;
