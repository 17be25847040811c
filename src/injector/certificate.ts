import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { fail, ok, type Problem, type Result } from "../domain/problem.ts";
import type { Source } from "./reloaded.ts";

/** What a server presents, and until when that is any good. */
export interface ServerCertificate {
	/** PEM, the chain included. */
	readonly cert: string;
	readonly key: string;
	readonly notAfter: Date;
}

export function certificateSource(certPath: string, keyPath: string): Source<ServerCertificate> {
	return {
		name: "certificate",
		paths: [certPath, keyPath],
		parse: ([cert = "", key = ""]) => parseCertificate({ cert, key }, { certPath, keyPath }),
	};
}

/**
 * The two files are read one after the other: between them a kubelet may have exchanged both. Such a pair does not
 * belong together and is refused; the next check finds the pair that does.
 */
function parseCertificate(
	{ cert, key }: Pick<ServerCertificate, "cert" | "key">,
	{ certPath, keyPath }: { readonly certPath: string; readonly keyPath: string },
): Result<ServerCertificate> {
	const x509 = attempt(() => new X509Certificate(cert));
	const privateKey = attempt(() => createPrivateKey(key));
	if (x509 === undefined || privateKey === undefined) {
		return fail(
			...(x509 === undefined ? [unusable(certPath, "is not a certificate", "a certificate in PEM")] : []),
			...(privateKey === undefined
				? [unusable(keyPath, "is not a private key", "an unencrypted private key in PEM")]
				: []),
		);
	}
	if (!belongTogether(x509, privateKey)) {
		return fail(unusable(keyPath, `is not the key of ${certPath}`, "the certificate's own private key"));
	}
	// The rest of the chain is read here too.
	return attempt(() => createSecureContext({ cert, key })) === undefined
		? fail(unusable(certPath, "cannot be served", "certificates in PEM, the server's first"))
		: ok({ cert, key, notAfter: new Date(x509.validTo) });
}

function belongTogether(certificate: X509Certificate, key: KeyObject): boolean {
	return attempt(() => certificate.checkPrivateKey(key)) ?? false;
}

function unusable(source: string, complaint: string, accepted: string): Problem {
	return { source, complaint, accepted };
}

function attempt<T>(make: () => T): T | undefined {
	try {
		return make();
	} catch {
		return undefined;
	}
}
