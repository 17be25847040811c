// tsyringe, under @peculiar/x509, asks for this polyfill before anything else.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert } from "@peculiar/asn1-schema";
import * as asn1 from "@peculiar/asn1-x509";
import * as x509 from "@peculiar/x509";

export interface CertifiedKey {
	/** PEM */
	readonly cert: string;
	readonly key: string;
	readonly notAfter: Date;
}

export interface Authority extends CertifiedKey {
	/** A server's certificate for `localhost`, or other names and addresses, and 127.0.0.1. */
	issue(names?: readonly string[]): Promise<CertifiedKey>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const hour = 3_600_000;
let serial = 1;

export async function createAuthority(name = "test authority"): Promise<Authority> {
	const keys = await makeKeys();
	const certificate = await x509.X509CertificateGenerator.createSelfSigned(
		{
			...validity(),
			serialNumber: nextSerial(),
			name: `CN=${name}`,
			signingAlgorithm: algorithm,
			keys,
			extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
		},
		webcrypto as never,
	);
	return {
		...(await certified(certificate, keys)),
		issue: async (names = ["localhost"]) => {
			const own = await makeKeys();
			const issued = await x509.X509CertificateGenerator.create(
				{
					...validity(),
					serialNumber: nextSerial(),
					subject: `CN=${names[0]}`,
					issuer: certificate.subject,
					publicKey: own.publicKey,
					signingKey: keys.privateKey,
					signingAlgorithm: algorithm,
					extensions: [
						new x509.SubjectAlternativeNameExtension([
							...[...names, "127.0.0.1"].map(
								(value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const,
							),
						]),
					],
				},
				webcrypto as never,
			);
			return certified(issued, own);
		},
	};
}

/** An authority that is bound to clients' certificates, valid for a hundred days from a time on. */
export function clientAuthority(name: string, notBefore: number) {
	const usage = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]);
	return boundAuthority(name, notBefore, usage);
}

/** One that may, or may not, sign for names below some domains. */
export function constrainedAuthority(
	name: string,
	notBefore: number,
	domains: { readonly permitted?: readonly string[]; readonly excluded?: readonly string[] },
) {
	const subtrees = (names: readonly string[] = []) =>
		new asn1.GeneralSubtrees(
			names.map((dNSName) => new asn1.GeneralSubtree({ base: new asn1.GeneralName({ dNSName }) })),
		);
	const constraints = new asn1.NameConstraints({
		...(domains.permitted ? { permittedSubtrees: subtrees(domains.permitted) } : {}),
		...(domains.excluded ? { excludedSubtrees: subtrees(domains.excluded) } : {}),
	});
	const value = AsnConvert.serialize(constraints);
	return boundAuthority(name, notBefore, new x509.Extension(asn1.id_ce_nameConstraints, true, value));
}

async function boundAuthority(name: string, notBefore: number, bounds: x509.Extension) {
	const keys = await makeKeys();
	const certificate = await x509.X509CertificateGenerator.createSelfSigned(
		{
			notBefore: new Date(notBefore),
			notAfter: new Date(notBefore + 2400 * hour),
			serialNumber: nextSerial(),
			name: `CN=${name}`,
			signingAlgorithm: algorithm,
			keys,
			extensions: [new x509.BasicConstraintsExtension(true, 0, true), bounds],
		},
		webcrypto as never,
	);
	const { cert, key } = await certified(certificate, keys);
	return { certificate: cert, key };
}

function makeKeys() {
	return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function nextSerial(): string {
	serial += 1;
	return serial.toString(16).padStart(8, "0");
}

function validity() {
	return { notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + 24 * hour) };
}

async function certified(
	certificate: x509.X509Certificate,
	{ privateKey }: { readonly privateKey: webcrypto.CryptoKey },
): Promise<CertifiedKey> {
	const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", privateKey);
	return {
		cert: `${certificate.toString("pem")}\n`,
		key: `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`,
		notAfter: certificate.notAfter,
	};
}
