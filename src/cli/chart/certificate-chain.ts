import { X509Certificate } from "node:crypto";

/** The certificates of a PEM text in order; undefined where it holds none or one that cannot be read. */
export function readCertificates(pem: string): X509Certificate[] | undefined {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
	try {
		const certificates = blocks.map((block) => new X509Certificate(block));
		return certificates.length > 0 ? certificates : undefined;
	} catch {
		return undefined;
	}
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
