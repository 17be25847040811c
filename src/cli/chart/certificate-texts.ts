import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { attempt } from "../../domain/attempt.ts";
import type { Problem } from "../../domain/problem.ts";

/** A text of PEM, and where it was found. */
export interface CertificatePart {
	/** `injector.tls.crt`, `Secret mine: tls.crt` */
	readonly source: string;
	readonly text: string;
}

interface Found<T> {
	readonly found: T;
	readonly problems: readonly Problem[];
}

/** The certificates of a text that has nothing else in it. */
export function certificatesOf(part: CertificatePart | undefined): Found<readonly X509Certificate[]> {
	const { source, text } = part ?? { source: "", text: "" };
	const refuse = (complaint: string, accepted: string) => ({
		found: [],
		problems: [{ source, complaint, accepted }],
	});
	const other = (text.match(/-----BEGIN [A-Z0-9 ]+-----/g) ?? []).find(
		(line) => line !== "-----BEGIN CERTIFICATE-----",
	);
	if (part === undefined) {
		return { found: [], problems: [] };
	}
	if (/PRIVATE KEY/i.test(text)) {
		return refuse(
			"has a private key in it, which is for the injector alone",
			"certificates and nothing else; the key is injector.tls.key",
		);
	}
	if (other !== undefined) {
		return refuse(`has more in it than certificates: ${other}`, "certificates and nothing else");
	}
	if (!wholeCertificate.test(text)) {
		const name = source.split(".").at(-1);
		return refuse("is not a certificate", `one in PEM, such as --set-file ${source}=${name}.pem reads`);
	}
	const found = readCertificates(text);
	return found === undefined
		? refuse("has a certificate that cannot be read", "certificates in PEM, each of them whole")
		: { found, problems: [] };
}

const wholeCertificate = /-----BEGIN CERTIFICATE-----[ \t]*\r?\n[A-Za-z0-9+/=\s]+\n-----END CERTIFICATE-----/;
const encryptedKey = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: *4,ENCRYPTED/;
const wholeKey =
	/-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[ \t]*\r?\n[A-Za-z0-9+/=\s]+\n-----END (?:RSA |EC )?PRIVATE KEY-----/;

/** The private key of a text, where it can be used as it is. */
export function keyOf(part: CertificatePart | undefined): Found<KeyObject | undefined> {
	if (part === undefined) {
		return { found: undefined, problems: [] };
	}
	const { source, text } = part;
	const refuse = (complaint: string, accepted: string) => ({
		found: undefined,
		problems: [{ source, complaint, accepted }],
	});
	if (encryptedKey.test(text)) {
		return refuse(
			"is encrypted, and nobody tells the injector the passphrase",
			'it without one, as "openssl pkey -in key.pem" writes it',
		);
	}
	if (!wholeKey.test(text)) {
		return refuse("is not a private key", `one in PEM, such as --set-file ${source}=key.pem reads`);
	}
	if ((text.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----/g) ?? []).length > 1) {
		return refuse(
			"has more than one private key",
			"the injector's alone, since it is given all that is here",
		);
	}
	const found = attempt(() => createPrivateKey(text));
	return found === undefined
		? refuse("is a private key that cannot be read", "one in PEM that is whole")
		: { found, problems: [] };
}

/** The certificates of a PEM text in order; undefined where it holds none or one that cannot be read. */
export function readCertificates(pem: string): X509Certificate[] | undefined {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
	const certificates = attempt(() => blocks.map((block) => new X509Certificate(block))) ?? [];
	return certificates.length > 0 ? certificates : undefined;
}

/**
 * Whether trust in `roots` leads to the first of `served`, through the others. As Go's verifier has it, any certificate
 * in the bundle is trusted, itself included.
 */
export function isTrusted(served: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
	const [leaf, ...between] = served;
	return leaf !== undefined && leads(leaf, between, roots);
}

function leads(
	certificate: X509Certificate,
	between: readonly X509Certificate[],
	roots: readonly X509Certificate[],
): boolean {
	if (roots.some((root) => root.fingerprint256 === certificate.fingerprint256 || signed(root, certificate))) {
		return true;
	}
	return between.some(
		(issuer) =>
			signed(issuer, certificate) &&
			leads(
				issuer,
				between.filter((other) => other !== issuer),
				roots,
			),
	);
}

function signed(issuer: X509Certificate, certificate: X509Certificate): boolean {
	return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
