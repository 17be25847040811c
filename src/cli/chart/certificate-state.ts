import { createPrivateKey, X509Certificate } from "node:crypto";
import type { PlainValue } from "../../chart/index.ts";
import { isTrusted, readCertificates } from "./certificate-chain.ts";
import { textAt } from "./plain-maps.ts";

/** Whether the certificate in a Secret is good for longer, or why not. */
export type CertificateState =
	| { readonly good: true; readonly until: Date }
	| { readonly good: false; readonly why: string };

const dayMs = 24 * 3_600_000;
const mostDaysAhead = 30;

/** Looks at the parts of a Secret of type kubernetes.io/tls with a ca.crt: alone, together, and against the clock. */
export function certificateState(secret: PlainValue, now: number): CertificateState {
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
	if (!isTrusted(readCertificates(part("tls.crt")) ?? [], readCertificates(part("ca.crt")) ?? [])) {
		return { good: false, why: "its ca.crt did not sign its tls.crt" };
	}
	return stateInTime([certificate, authority], now);
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

function attempt<T>(make: () => T): T | undefined {
	try {
		return make();
	} catch {
		return undefined;
	}
}
