import type { Options, ValidateFunction } from "ajv";

export const ajvOptions: Options = {
	allErrors: true,
	verbose: true,
	allowUnionTypes: true,
	logger: false,
	// Compiles each definition once, not wherever it is used.
	inlineRefs: false,
	// Compiling the schema of schemas takes longer than all the rest.
	meta: false,
	validateSchema: false,
	code: { optimize: false },
};

/** A JSON schema and what it has been compiled to. */
export interface CompiledSchema {
	readonly schema: string;
	readonly validate: ValidateFunction;
}

/**
 * Those of our charts, which scripts/build.mjs compiles and puts here: at run time the compiling would take as long as the
 * rendering. None in what was not built.
 */
export const compiledSchemas: readonly CompiledSchema[] = [];
