import { type GoMap, GoObject, isNilList, type Value } from "./go/value.ts";

/** What rendering needs of the world. Each is asked for only by the template functions that need it. */
export interface ChartPort {
	/** For `genCA`, `genSelfSignedCert` and `genSignedCert`. */
	readonly issueCertificate?: (request: CertificateRequest) => CertificateAndKey;
	/** For `now`, in milliseconds. */
	readonly now?: () => number;
	/** For `lookup`: a list where `name` is empty. Without it every lookup finds nothing, as in `helm template`. */
	readonly lookup?: (query: LookupQuery) => PlainValue | undefined;
	/** Complaints of a JSON schema about values, one each; without it `values.schema.json` is not looked at. */
	readonly validateValues?: (schema: string, values: PlainValue) => readonly string[];
}

export interface CertificateRequest {
	readonly kind: "ca" | "self-signed" | "signed";
	readonly commonName: string;
	readonly ipAddresses: readonly string[];
	readonly dnsNames: readonly string[];
	readonly daysValid: number;
	/** Who signs: PEM; there for `signed` alone. */
	readonly issuer?: CertificateAndKey;
	/** The key to certify: PEM; absent for a new one. */
	readonly key?: string;
}

/** Both PEM. */
export interface CertificateAndKey {
	readonly certificate: string;
	readonly key: string;
}

export interface LookupQuery {
	readonly apiVersion: string;
	readonly kind: string;
	readonly namespace: string;
	readonly name: string;
}

/**
 * A value outside of templates. A `number` is Go's float64, which is what YAML and JSON make of every number; a
 * `bigint` is an int64, which `--set` makes of whole numbers. Templates print the two differently.
 */
export type PlainValue =
	| null
	| boolean
	| number
	| bigint
	| string
	| readonly PlainValue[]
	| { readonly [key: string]: PlainValue };

/** A chart's values. */
export type PlainMap = Readonly<Record<string, PlainValue>>;

export function fromPlain(value: PlainValue): Value {
	if (Array.isArray(value)) {
		return value.map(fromPlain);
	}
	return typeof value === "object" && value !== null ? fromPlainMap(value as PlainMap) : (value as Value);
}

export function fromPlainMap(map: PlainMap): GoMap {
	return new Map(Object.entries(map).map(([key, value]) => [key, fromPlain(value)]));
}

/** What is neither data nor text comes out as null. */
export function toPlain(value: Value): PlainValue {
	if (value instanceof Map) {
		return toPlainMap(value);
	}
	if (Array.isArray(value)) {
		return isNilList(value) ? null : value.map(toPlain);
	}
	return value instanceof GoObject ? null : (value ?? null);
}

/** `fromEntries` defines properties, so that a key `__proto__` is a key like any other. */
export function toPlainMap(map: GoMap): PlainMap {
	return Object.fromEntries(Array.from(map, ([key, value]) => [key, toPlain(value)]));
}
