import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { attempt } from "../domain/attempt.ts";
import { err, ok, type Problem, type Result } from "../domain/problem.ts";
import type { InjectConfig } from "../inject/config.ts";
import { parseInjectConfig } from "../inject/parse-config.ts";
import { parseOneDocument } from "../yaml/documents.ts";
import { Reloaded, type Source } from "./reloaded.ts";

/** What comes from mounted files. */
export interface Mounted {
	readonly configuration: Reloaded<InjectConfig>;
	readonly certificate: Reloaded<ServerCertificate>;
}

interface MountedPaths {
	readonly config: string;
	readonly tlsCert: string;
	readonly tlsKey: string;
}

/** Everything, or all that is wrong with any of it. */
export async function loadMounted({ config, tlsCert, tlsKey }: MountedPaths): Promise<Result<Mounted>> {
	const [configuration, certificate] = await Promise.all([
		Reloaded.load(configurationSource(config)),
		Reloaded.load(certificateSource(tlsCert, tlsKey)),
	]);
	return configuration.ok && certificate.ok
		? ok({ configuration: configuration.value, certificate: certificate.value })
		: err(...[configuration, certificate].flatMap((loaded) => (loaded.ok ? [] : loaded.problems)));
}

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
		return err(
			...(x509 === undefined ? [unusable(certPath, "is not a certificate", "a certificate in PEM")] : []),
			...(privateKey === undefined
				? [unusable(keyPath, "is not a private key", "an unencrypted private key in PEM")]
				: []),
		);
	}
	if (!belongTogether(x509, privateKey)) {
		return err(unusable(keyPath, `is not the key of ${certPath}`, "the certificate's own private key"));
	}
	// The rest of the chain is read here too.
	return attempt(() => createSecureContext({ cert, key })) === undefined
		? err(unusable(certPath, "cannot be served", "certificates in PEM, the server's first"))
		: ok({ cert, key, notAfter: new Date(x509.validTo) });
}

function belongTogether(certificate: X509Certificate, key: KeyObject): boolean {
	return attempt(() => certificate.checkPrivateKey(key)) ?? false;
}

function unusable(source: string, complaint: string, accepted: string): Problem {
	return { source, complaint, accepted };
}

/** A release's values, as a ConfigMap holds them: YAML or JSON. */
export function configurationSource(path: string): Source<InjectConfig> {
	return { name: "configuration", paths: [path], parse: ([text = ""]) => parseConfiguration(text, path) };
}

function parseConfiguration(text: string, path: string): Result<InjectConfig> {
	const values = parseOneDocument(text, path);
	return values.ok ? parseInjectConfig(values.value) : values;
}
