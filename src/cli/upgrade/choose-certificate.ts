import type { PlainValue } from "../../chart/index.ts";
import type { CertificateUse } from "../chart/certificate-problems.ts";
import { type CertificateSource, certificateState } from "../chart/certificate-source.ts";
import { isMap, overlay, textAt } from "../chart/plain-maps.ts";

/** Whether the release goes on with the certificate that it has. */
interface CertificateChoice {
	readonly keep: boolean;
	/** For the user: what becomes of it and why; undefined where there is nothing to say. */
	readonly note: string | undefined;
}

/**
 * Keeps what is good. A certificate of ours that is not, or that is to be rotated, is made anew; one that was given is
 * not ours to replace, and there is only a warning.
 */
export function chooseCertificate(
	{ source, secretName }: CertificateSource,
	secret: PlainValue | undefined,
	{ rotate, ...use }: CertificateUse & { readonly rotate: boolean },
): CertificateChoice {
	if (source !== "generated") {
		const note = rotate
			? `--rotate-certs changes nothing: the certificate is ${describe(source)}`
			: undefined;
		return { keep: true, note: note ?? warning(secretName, secret, use) };
	}
	if (secret === undefined) {
		return { keep: false, note: `certificate: made, as there is no Secret ${secretName}` };
	}
	if (rotate) {
		return { keep: false, note: `certificate: replaced, as --rotate-certs says (Secret ${secretName})` };
	}
	const state = certificateState(secret, use);
	return state.good
		? { keep: true, note: `certificate: kept, valid until ${state.until.toISOString().slice(0, 10)}` }
		: { keep: false, note: `certificate: replaced, as ${state.why} (Secret ${secretName})` };
}

function describe(source: string): string {
	return source === "cert-manager" ? "cert-manager's" : "given to it (injector.tls.source: provided)";
}

function warning(
	secretName: string,
	secret: PlainValue | undefined,
	use: CertificateUse,
): string | undefined {
	const state = secret === undefined ? undefined : certificateState(withAuthority(secret), use);
	return state === undefined || state.good
		? undefined
		: `warning: the certificate in the Secret ${secretName} is not good for long: ${state.why}`;
}

/** Where whom to trust is said elsewhere, by value or to cert-manager, the certificate is looked at by itself. */
function withAuthority(secret: PlainValue): PlainValue {
	const authority = textAt(secret, "data", "ca.crt") || textAt(secret, "data", "tls.crt");
	return isMap(secret) && authority !== undefined
		? overlay(secret, { data: { "ca.crt": authority } })
		: secret;
}
