import type { ErrorObject } from "ajv";
import type { PlainValue } from "../../chart/index.ts";
import { formatProblem, type Problem } from "../../domain/problem.ts";
import { mostSimilar } from "../../domain/similar.ts";
import { compiledSchemas } from "./compiled-schema.ts";

/** What a schema has against a release's values. */
export type ValidateValues = (values: PlainValue) => readonly string[];

/**
 * Of a chart's JSON schema (draft 7), what it has against a release's values: one sentence for each mistake, which names the
 * value's path, the value, and what is accepted. Throws where the schema itself is none.
 */
export async function validatorOf(schema: string): Promise<ValidateValues> {
	const built = compiledSchemas.find((one) => one.schema === schema);
	const validate = built?.validate ?? (await import("./compile-schema.ts")).compileSchema(schema);
	return (values) => {
		validate(withoutBigints(values));
		// That a branch failed is said beside what failed in it.
		const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if");
		return errors.map((error) => formatProblem(problemOf({ ...error, data: exactly(error, values) })));
	};
}

/** What `--set` makes of whole numbers is a bigint here, and no number to JSON. */
function withoutBigints(value: PlainValue): unknown {
	return JSON.parse(
		JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item)),
	);
}

/** What a mistake is about: digits that a double does not hold too. */
function exactly({ instancePath, data }: ErrorObject, values: PlainValue): unknown {
	const given = partsOf(instancePath).reduce<unknown>(
		(below, key) => (typeof below === "object" && below !== null ? Reflect.get(below, key) : undefined),
		values,
	);
	return typeof given === "bigint" ? given : data;
}

/** Of each keyword that charts use; the library's own words for any other. */
function problemOf(error: ErrorObject): Problem {
	const source = pathOf(error.instancePath);
	return problems[error.keyword]?.(error, source) ?? wrong(error, error.message ?? "is wrong", error.keyword);
}

type Explain = (error: ErrorObject, source: string) => Problem;

const problems: Readonly<Record<string, Explain>> = {
	additionalProperties: unknownKey,
	required: missingKey,
	dependencies: missingKey,
	type: (error) => wrong(error, `is ${nameOf(error.data)}`, wantedTypes(error.schema)),
	// Helm's own words have no room for advice but in such a value: what a text has to be.
	const: (error) => wrong(error, `is ${nameOf(error.data)} to YAML`, String(error.schema)),
	enum: (error) => wrong(error, "is not known", `one of ${wantedWords(error.schema)}`),
	minimum: (error) => wrong(error, "is too small", `at least ${error.schema}`),
	maximum: (error) => wrong(error, "is too large", `at most ${error.schema}`),
	minLength: (error) => wrong(error, "is empty", "text"),
	pattern: (error) => wrong(error, "has the wrong form", `text of the form ${error.schema}`),
};

function wrong({ instancePath, data }: ErrorObject, complaint: string, accepted: string): Problem {
	const value = typeof data === "string" || typeof data === "bigint" ? `${data}` : JSON.stringify(data);
	const source = pathOf(instancePath);
	return isSecret(source, value) ? { source, complaint, accepted } : { source, value, complaint, accepted };
}

/** A key that was given in the wrong place is not printed either. */
function isSecret(source: string, value: string): boolean {
	return /^injector\.tls\.key\b/.test(source) || /PRIVATE KEY/i.test(value);
}

function unknownKey({ instancePath, params, parentSchema }: ErrorObject, source: string): Problem {
	const key = String(params["additionalProperty"]);
	const known = Object.keys((parentSchema?.["properties"] as object | undefined) ?? {});
	const meant = mostSimilar(key, known);
	const below = source === "" ? "" : `below ${source} `;
	return {
		source: pathOf(`${instancePath}/${escapeKey(key)}`),
		complaint: "is not a key of this chart",
		accepted: `${meant === undefined ? "" : `${meant}, or `}${below}one of ${known.join(", ")}`,
	};
}

function missingKey({ instancePath, params }: ErrorObject): Problem {
	return {
		source: pathOf(`${instancePath}/${escapeKey(String(params["missingProperty"]))}`),
		complaint: "is missing",
		accepted: "a value; a null takes the chart's own away",
	};
}

/** As in `--set`: `proxy.env[0].name`. A key that has a dot of its own is put in brackets. */
function pathOf(pointer: string): string {
	return partsOf(pointer)
		.map((key) => (/^\d+$/.test(key) ? `[${key}]` : /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`))
		.join("")
		.replace(/^\./, "");
}

function partsOf(pointer: string): string[] {
	return pointer
		.split("/")
		.slice(1)
		.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function escapeKey(key: string): string {
	return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function nameOf(value: unknown): string {
	if (value === null) {
		return "nothing";
	}
	return Array.isArray(value) ? "a list" : (names[typeof value] ?? "something else");
}

const names: Readonly<Record<string, string>> = {
	bigint: "a number",
	boolean: "a truth value",
	number: "a number",
	object: "a section",
	string: "text",
};

const wanted: Readonly<Record<string, string>> = {
	array: "a list",
	boolean: "true or false",
	integer: "a whole number",
	number: "a number",
	object: "keys with values below it",
	string: "text",
};

function wantedTypes(types: unknown): string {
	return [types]
		.flat()
		.flatMap((type) => wanted[String(type)] ?? [])
		.join(" or ");
}

function wantedWords(words: unknown): string {
	return [words]
		.flat()
		.filter((word) => word !== "" && word !== null)
		.join(", ");
}
