import { Ajv, type ValidateFunction } from "ajv";
import { ajvOptions } from "./compiled-schema.ts";

/**
 * For schemas that were not compiled when the program was built. A file of its own, since only what needs it is to load the
 * library, and a bundle finds names in a CommonJS package by a static import alone. Throws where the schema is none.
 */
export function compileSchema(schema: string): ValidateFunction {
	return new Ajv(ajvOptions).compile(JSON.parse(schema));
}
