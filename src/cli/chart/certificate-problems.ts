import type { KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { Problem } from "../../domain/problem.ts";
import { type CertificatePart, certificatesOf, isTrusted, keyOf } from "./certificate-texts.ts";
import { maySignFor } from "./name-constraints.ts";

/** What the injector serves with, and whom the API server trusts. Parts that are not known are not looked at. */
export interface CertificateParts {
	readonly ca?: CertificatePart | undefined;
	readonly crt?: CertificatePart | undefined;
	readonly key?: CertificatePart | undefined;
}

/** Where and when it is to be good. */
export interface CertificateUse {
	/** The Service's name, as the API server asks for it. */
	readonly host: string;
	readonly now: number;
}

/**
 * Everything for which the API server would not talk to the injector, or the injector not start: each part by itself, and
 * all together. What was given is never printed. The chart finds what takes no cryptography, in the same words.
 */
export function certificateProblems({ ca, crt, key }: CertificateParts, use: CertificateUse): Problem[] {
	const roots = certificatesOf(ca);
	const served = certificatesOf(crt);
	const secret = keyOf(key);
	const known = { ca, crt, key, roots: roots.found, served: served.found, secret: secret.found };
	return [
		...roots.problems,
		...served.problems,
		...secret.problems,
		...(crt === undefined ? [] : leafProblems(crt, served.found, use)),
		...authorityProblems(known, use),
		...chainProblems(known),
		...pairProblems(known),
	];
}

/** The parts, and what could be read of them. */
interface Known extends CertificateParts {
	readonly roots: readonly X509Certificate[];
	readonly served: readonly X509Certificate[];
	readonly secret: KeyObject | undefined;
}

/** A bundle may have certificates that are too old or for others, as long as there is a way without them. */
function authorityProblems({ crt, ca, served, roots }: Known, use: CertificateUse): Problem[] {
	const isUnfit = (certificate: X509Certificate) => issuingFlaw(certificate, use) !== undefined;
	const isFit = (certificate: X509Certificate) => !isUnfit(certificate);
	const [leaf, ...between] = served;
	const way = leaf === undefined ? [] : [leaf, ...between.filter(isFit)];
	const needed =
		roots.every(isUnfit) || (isTrusted(served, roots) && !isTrusted(way, roots.filter(isFit)))
			? [...roots, ...between].find(isUnfit)
			: undefined;
	const source = needed !== undefined && between.includes(needed) ? crt?.source : ca?.source;
	const flaw = needed && issuingFlaw(needed, use);
	return flaw === undefined || source === undefined ? [] : [{ source, ...flaw }];
}

type Flaw = Pick<Problem, "complaint" | "accepted">;

/** Go has the usages and names of who issues a certificate bound its own (crypto/x509, verify.go). */
function issuingFlaw(certificate: X509Certificate, { host, now }: CertificateUse): Flaw | undefined {
	const subject = JSON.stringify(certificate.subject);
	return (
		timeFlaw(certificate, now) ??
		(isForServers(certificate)
			? undefined
			: {
					complaint: `has a CA that is not for servers: ${subject}`,
					accepted: "one with the extended key usage serverAuth, or with none",
				}) ??
		(maySignFor(certificate, host)
			? undefined
			: {
					complaint: `has a CA that may not sign for ${host}: ${subject}`,
					accepted: "one whose name constraints permit that, or without any",
				})
	);
}

function timeFlaw({ validFrom, validTo }: X509Certificate, now: number): Flaw | undefined {
	const accepted = "a certificate that is valid today";
	if (now > Date.parse(validTo)) {
		return { complaint: `expired on ${day(validTo)}`, accepted };
	}
	return now < Date.parse(validFrom)
		? { complaint: `is not valid before ${day(validFrom)}`, accepted }
		: undefined;
}

function day(time: string): string {
	return new Date(time).toISOString().slice(0, 10);
}

/** RFC 5280, section 4.2.1.12: a server's, or anybody's. */
const serverUsages = ["1.3.6.1.5.5.7.3.1", "2.5.29.37.0"];

function leafProblems(
	{ source }: CertificatePart,
	[leaf]: readonly X509Certificate[],
	{ host, now }: CertificateUse,
): Problem[] {
	if (leaf === undefined) {
		return [];
	}
	const time = timeFlaw(leaf, now);
	return [
		...(time === undefined ? [] : [{ source, ...time }]),
		...(isFor(leaf, host)
			? []
			: [
					{
						source,
						complaint: `is for ${leaf.subjectAltName ?? "no name at all"}`,
						accepted: `one whose subject alternative names have DNS:${host}`,
					},
				]),
		...(isForServers(leaf)
			? []
			: [{ source, complaint: "is not for servers", accepted: "the extended key usage serverAuth" }]),
		...(isKnownKey(leaf.publicKey)
			? []
			: [
					{
						source,
						complaint: `has a key that the API server does not know: ${leaf.publicKey.asymmetricKeyDetails?.namedCurve ?? leaf.publicKey.asymmetricKeyType}`,
						accepted: "RSA, ECDSA on P-256, P-384 or P-521, or Ed25519",
					},
				]),
	];
}

function isForServers({ keyUsage }: X509Certificate): boolean {
	const usages: readonly string[] | undefined = keyUsage;
	return usages === undefined || serverUsages.some((usage) => usages.includes(usage));
}

/** Those that Go's crypto/tls verifies. */
const knownCurves: readonly (string | undefined)[] = ["prime256v1", "secp384r1", "secp521r1"];

function isKnownKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
	return type === "rsa" || type === "ed25519" || (type === "ec" && knownCurves.includes(details?.namedCurve));
}

/** As Go, and so the API server, has it: a common name is no name, and `*` is a whole label (crypto/x509, verify.go). */
export function isFor(certificate: X509Certificate, host: string): boolean {
	return certificate.checkHost(host, { subject: "never", partialWildcards: false }) !== undefined;
}

function chainProblems({ crt, ca, served, roots }: Known): Problem[] {
	return crt === undefined ||
		ca === undefined ||
		served.length === 0 ||
		roots.length === 0 ||
		isTrusted(served, roots)
		? []
		: [
				{
					source: crt.source,
					complaint: `was not issued by who is in ${ca.source}`,
					accepted: `the CA of ${JSON.stringify(served.at(-1)?.issuer)} there, or all certificates on the way to it here, the injector's first`,
				},
			];
}

function pairProblems({ crt, key, served, secret }: Known): Problem[] {
	const [leaf] = served;
	if (crt === undefined || key === undefined || leaf === undefined || secret === undefined) {
		return [];
	}
	if (!leaf.checkPrivateKey(secret)) {
		const own = served.findIndex((certificate) => certificate.checkPrivateKey(secret));
		return own < 0
			? [
					{
						source: key.source,
						complaint: `is not the key of the certificate in ${crt.source}`,
						accepted: "the key that it was made for",
					},
				]
			: [
					{
						source: crt.source,
						complaint: `has the injector's certificate in place ${own + 1}`,
						accepted: "it first, then who issued it",
					},
				];
	}
	return servingProblems(crt, key);
}

/** What TLS has against them, such as a key that is too short. */
function servingProblems(crt: CertificatePart, key: CertificatePart): Problem[] {
	try {
		createSecureContext({ cert: crt.text, key: key.text });
		return [];
	} catch (error) {
		const reason = error instanceof Error ? error.message.replace(/^.*:/, "") : String(error);
		return [
			{
				source: crt.source,
				complaint: `cannot be served with: ${reason}`,
				accepted: "what TLS takes, such as ECDSA P-256 or RSA of 2048 bits",
			},
		];
	}
}
