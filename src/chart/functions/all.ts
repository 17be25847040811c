import type { ChartPort } from "../port.ts";
import { collectionFunctions } from "./collections.ts";
import { dataFunctions } from "./data.ts";
import type { FunctionTable } from "./function.ts";
import { languageFunctions } from "./language.ts";
import { textFunctions } from "./texts.ts";
import { unsupportedFunctions } from "./unsupported.ts";
import { worldFunctions } from "./world.ts";

/** Every function that a template can call, `include` apart (see Engine): those that our charts do call. */
export function allFunctions(port: ChartPort): FunctionTable {
	return {
		...unsupportedFunctions,
		...languageFunctions,
		...collectionFunctions,
		...textFunctions,
		...dataFunctions,
		...worldFunctions(port),
	};
}
