/** As much of a JSON schema as says which keys a map has. */
export interface Schema {
	readonly $ref?: string;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly additionalProperties?: Schema | boolean;
	readonly allOf?: readonly Schema[];
	readonly anyOf?: readonly Schema[];
	readonly oneOf?: readonly Schema[];
	readonly [other: string]: unknown;
}

/**
 * Whether the last key of a path is the user's to choose: its map allows any key, and the schema does not name this
 * one. What a schema does not say at all counts as named.
 */
export function isFreeKey(schema: Schema, path: readonly string[]): boolean {
	let maps = [schema];
	for (const [index, key] of path.entries()) {
		const all = maps.flatMap((map) => alternatives(map, schema));
		const named = all.flatMap(({ properties = {} }) =>
			Object.hasOwn(properties, key) ? [properties[key] as Schema] : [],
		);
		if (index === path.length - 1) {
			return named.length === 0 && all.some(takesAnyKey);
		}
		maps = named;
	}
	return false;
}

function takesAnyKey({ additionalProperties }: Schema): boolean {
	return additionalProperties === true || typeof additionalProperties === "object";
}

/** A schema and all that it refers to or consists of. */
function alternatives(schema: Schema, root: Schema, depth = 0): Schema[] {
	if (depth > 8) {
		return [];
	}
	const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
	const target = schema.$ref === undefined ? undefined : resolve(schema.$ref, root);
	return [
		schema,
		...[...(target === undefined ? [] : [target]), ...parts].flatMap((part) =>
			alternatives(part, root, depth + 1),
		),
	];
}

/** `#/$defs/labels`, RFC 6901. */
function resolve(reference: string, root: Schema): Schema | undefined {
	let at: unknown = root;
	for (const step of reference.replace(/^#\/?/, "").split("/")) {
		const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
		at = typeof at === "object" && at !== null && key !== "" ? Reflect.get(at, key) : at;
	}
	return typeof at === "object" && at !== null ? (at as Schema) : undefined;
}
