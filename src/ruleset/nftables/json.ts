/** What `JSON.parse` gives, looked into without trust. */
export type Json = unknown;
export type JsonRecord = Readonly<Record<string, Json>>;

export function asRecord(value: Json): JsonRecord | undefined {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as JsonRecord)
		: undefined;
}

export function asArray(value: Json): readonly Json[] | undefined {
	return Array.isArray(value) ? value : undefined;
}

/** `value[key]`, where there is one. */
export function field(value: Json, key: string): Json {
	return asRecord(value)?.[key];
}

/** The entries of a listing that are of one kind (libnftables-json(5)); undefined for what is no listing at all. */
export function parseListing(text: string): readonly JsonRecord[] | undefined {
	try {
		return asArray(field(JSON.parse(text), "nftables"))
			?.map(asRecord)
			.filter((entry) => entry !== undefined);
	} catch {
		return undefined;
	}
}

/** All values, or undefined when one is missing. */
export function complete<T>(values: readonly (T | undefined)[]): T[] | undefined {
	const present = values.filter((value) => value !== undefined);
	return present.length === values.length ? present : undefined;
}
