import { type Chart, effectiveValues, type PlainMap } from "../../chart/index.ts";
import type { CertificateParts } from "./certificate-problems.ts";
import type { CertificatePart } from "./certificate-texts.ts";
import type { KnownObject } from "./chart-port.ts";
import { textAt, valueAt } from "./plain-maps.ts";
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

/**
 * The certificate that a release is given: by value, or else in the Secret, where that is known. Nothing where it is made,
 * by us or by cert-manager.
 */
export function givenCertificate(
	chart: Chart,
	values: PlainMap,
	known: readonly KnownObject[],
): CertificateParts {
	const tls = valueAt(effectiveValues(chart, values), ["injector", "tls"]);
	if (textAt(tls, "source") !== "provided") {
		return {};
	}
	const hasSecret = (textAt(tls, "existingSecret") ?? "") !== "";
	const isInjected = ["injectCaFrom", "injectCaFromSecret"].some((key) => textAt(tls, key));
	const part = (key: string, dataKey: string, isByValue: boolean): CertificatePart | undefined => {
		const text = isByValue ? textAt(tls, key) : undefined;
		return text ? { source: `injector.tls.${key}`, text } : partOf(known, dataKey);
	};
	return {
		ca: isInjected ? undefined : part("ca", "ca.crt", true),
		crt: part("crt", "tls.crt", !hasSecret),
		key: part("key", "tls.key", !hasSecret),
	};
}

function partOf(known: readonly KnownObject[], key: string): CertificatePart | undefined {
	const secret = known.find(({ kind }) => kind === "Secret");
	const data = textAt(secret?.object, "data", key);
	return secret === undefined || !data
		? undefined
		: { source: `Secret ${secret.name}: ${key}`, text: Buffer.from(data, "base64").toString() };
}

/** A Secret as templates look it up. */
export function knownSecret(name: string, namespace: string, object: KnownObject["object"]): KnownObject {
	return { apiVersion: "v1", kind: "Secret", namespace, name, object };
}
