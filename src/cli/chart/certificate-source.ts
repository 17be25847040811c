import { createPrivateKey, X509Certificate } from "node:crypto";
import { type Chart, effectiveValues, type PlainMap, type PlainValue } from "../../chart/index.ts";
import { attempt } from "../../domain/attempt.ts";
import { type CertificateParts, type CertificateUse, certificateProblems } from "./certificate-problems.ts";
import { type CertificatePart, isTrusted, readCertificates } from "./certificate-texts.ts";
import { textAt, valueAt } from "./plain-maps.ts";
import type { KnownObject } from "./render-release.ts";
import { certificateSecretName, injectorName } from "./store.ts";

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

/** The webhook's configuration as templates look it up. */
export function knownWebhook(object: KnownObject["object"]): KnownObject {
	const apiVersion = "admissionregistration.k8s.io/v1";
	return { apiVersion, kind: "MutatingWebhookConfiguration", namespace: "", name: injectorName, object };
}

/** Whether the certificate in a Secret is good for longer, or why not. */
type CertificateState =
	| { readonly good: true; readonly until: Date }
	| { readonly good: false; readonly why: string };

const dayMs = 24 * 3_600_000;
const mostDaysAhead = 30;

/** Looks at the parts of a Secret of type kubernetes.io/tls with a ca.crt: alone, together, and against the clock. */
export function certificateState(secret: PlainValue, use: CertificateUse): CertificateState {
	const part = (key: string) => Buffer.from(textAt(secret, "data", key) ?? "", "base64").toString();
	const certificate = attempt(() => new X509Certificate(part("tls.crt")));
	const authority = attempt(() => new X509Certificate(part("ca.crt")));
	const key = attempt(() => createPrivateKey(part("tls.key")));
	if (certificate === undefined || authority === undefined || key === undefined) {
		const bad = certificate === undefined ? "tls.crt" : authority === undefined ? "ca.crt" : "tls.key";
		return { good: false, why: `its ${bad} cannot be read` };
	}
	if (!certificate.checkPrivateKey(key)) {
		return { good: false, why: "its tls.key is not the key of its tls.crt" };
	}
	if (!isTrusted(certificatesIn(part("tls.crt")), certificatesIn(part("ca.crt")))) {
		return { good: false, why: "its ca.crt did not sign its tls.crt" };
	}
	const state = stateInTime([certificate, authority], use.now);
	return state.good ? unlessFlawed(state, part, use) : state;
}

function certificatesIn(text: string): readonly X509Certificate[] {
	return readCertificates(text) ?? [];
}

/** It may be for another name, for instance. */
function unlessFlawed(
	state: CertificateState,
	textOf: (key: string) => string,
	use: CertificateUse,
): CertificateState {
	const part = (key: string): CertificatePart => ({ source: key, text: textOf(key) });
	const parts = { ca: part("ca.crt"), crt: part("tls.crt"), key: part("tls.key") };
	const [problem] = certificateProblems(parts, use);
	return problem === undefined ? state : { good: false, why: `its ${problem.source} ${problem.complaint}` };
}

/** Good until the first of them ends. Replaced some time before, as nobody may run an upgrade again soon. */
function stateInTime(certificates: readonly X509Certificate[], now: number): CertificateState {
	const end = Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
	const begin = Math.max(...certificates.map(({ validFrom }) => Date.parse(validFrom)));
	const ahead = Math.min(mostDaysAhead * dayMs, (end - begin) / 3);
	if (now >= end) {
		return { good: false, why: `it expired on ${day(end)}` };
	}
	if (now > end - ahead) {
		return { good: false, why: `it expires on ${day(end)}` };
	}
	return now < begin
		? { good: false, why: `it is not valid before ${day(begin)}` }
		: { good: true, until: new Date(end) };
}

function day(time: number): string {
	return new Date(time).toISOString().slice(0, 10);
}
