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

/**
 * A list of however many: where there is but one, some releases of nft print it bare (flags of tables, of sets, of fib
 * and of redirect, from 1.1.4 to 1.1.6 for instance), and some a list of one.
 */
export function asList(value: Json): readonly Json[] {
	return value === undefined || value === null ? [] : (asArray(value) ?? [value]);
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
