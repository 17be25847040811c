import type { ChartPort, LookupQuery, PlainValue } from "../../chart/index.ts";
import { issueCertificate } from "./issue-certificate.ts";
import type { ValidateValues } from "./validate-values.ts";

/** An object that templates may find. */
export interface KnownObject extends LookupQuery {
	readonly object: PlainValue;
}

/** What templates ask of the world; of the cluster they see the given objects alone. */
export function chartPort(
	known: readonly KnownObject[],
	now: () => number,
	validateValues: ValidateValues,
): ChartPort {
	return {
		issueCertificate: (request) => issueCertificate(request, now()),
		validateValues: (_, values) => validateValues(values),
		lookup: (query) => known.find((object) => isThe(object, query))?.object,
	};
}

function isThe(object: KnownObject, { apiVersion, kind, namespace, name }: LookupQuery): boolean {
	return (
		object.apiVersion === apiVersion &&
		object.kind === kind &&
		object.namespace === namespace &&
		object.name === name
	);
}
