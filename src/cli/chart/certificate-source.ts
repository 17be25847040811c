import { type Chart, effectiveValues, type PlainMap } from "../../chart/index.ts";
import type { KnownObject } from "./chart-port.ts";
import { textAt } from "./plain-maps.ts";
import { certificateSecretName } from "./store.ts";

/** Where the injector's certificate comes from by these values, and in which Secret it is. */
export interface CertificateSource {
	/** `generated`, `provided` or `cert-manager` */
	readonly source: string;
	readonly secretName: string;
}

export function certificateSource(chart: Chart, values: PlainMap): CertificateSource {
	const effective = effectiveValues(chart, values);
	const tls = ["injector", "tls"] as const;
	return {
		source: textAt(effective, ...tls, "source") ?? "generated",
		secretName: textAt(effective, ...tls, "existingSecret") || certificateSecretName,
	};
}

/** A Secret as templates look it up. */
export function knownSecret(name: string, namespace: string, object: KnownObject["object"]): KnownObject {
	return { apiVersion: "v1", kind: "Secret", namespace, name, object };
}
