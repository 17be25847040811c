import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	randomBytes,
	sign,
	X509Certificate,
} from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
	AlgorithmIdentifier,
	Certificate,
	type Name,
	SubjectPublicKeyInfo,
	TBSCertificate,
	Validity,
	Version,
} from "@peculiar/asn1-x509";
import type { CertificateAndKey, CertificateRequest } from "../../chart/index.ts";
import { extensionsOf, nameOf } from "./certificate-parts.ts";

/** Clocks that are a little behind shall accept it too. */
const backdatedMs = 5 * 60_000;
const dayMs = 24 * 3_600_000;

/** Who signs: the authority of the request, or the certificate itself. */
interface Signer {
	readonly name: Name;
	readonly key: KeyObject;
}

/**
 * What a template's `genCA`, `genSignedCert` and `genSelfSignedCert` get. New keys are ECDSA P-256, which take a
 * thousandth of the time of Helm's RSA; given keys may be RSA too. Throws a {@link CertificateError} for keys and
 * addresses that are none.
 */
export function issueCertificate(request: CertificateRequest, now: number): CertificateAndKey {
	try {
		return issue(request, now);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new CertificateError(`the certificate for ${request.commonName} cannot be made: ${reason}`, {
			cause: error,
		});
	}
}

/** A template asked for a certificate that there cannot be. */
export class CertificateError extends Error {
	override readonly name = "CertificateError";
}

function issue(request: CertificateRequest, now: number): CertificateAndKey {
	const key = request.key === undefined ? newKey() : createPrivateKey(request.key);
	const subject = nameOf(request.commonName);
	const signer = request.issuer === undefined ? { name: subject, key } : signerOf(request.issuer);
	const spki = createPublicKey(key).export({ type: "spki", format: "der" });
	const tbsCertificate = new TBSCertificate({
		version: Version.v3,
		serialNumber: positiveNumber(),
		signature: algorithmOf(signer.key),
		issuer: signer.name,
		validity: new Validity({
			notBefore: new Date(now - backdatedMs),
			notAfter: new Date(now + request.daysValid * dayMs),
		}),
		subject,
		subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
		extensions: extensionsOf(request),
	});
	return { certificate: pemOf(tbsCertificate, signer.key), key: pkcs8Of(key) };
}

function newKey(): KeyObject {
	return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

function signerOf({ certificate, key }: CertificateAndKey): Signer {
	const parsed = AsnConvert.parse(new X509Certificate(certificate).raw, Certificate);
	return { name: parsed.tbsCertificate.subject, key: createPrivateKey(key) };
}

/** 16 random bytes, the first of which makes it neither negative nor shorter. */
function positiveNumber(): ArrayBuffer {
	const bytes = new Uint8Array(randomBytes(16));
	bytes[0] = 0x40 | (0x3f & (bytes[0] ?? 0));
	return bytes.buffer;
}

/** RFC 5758, section 3.2, and RFC 4055, section 5: SHA-256 with either. */
function algorithmOf(key: KeyObject): AlgorithmIdentifier {
	switch (key.asymmetricKeyType) {
		case "ec":
			return new AlgorithmIdentifier({ algorithm: "1.2.840.10045.4.3.2" });
		case "rsa":
			return new AlgorithmIdentifier({ algorithm: "1.2.840.113549.1.1.11", parameters: null });
		default:
			throw new Error(`cannot sign with a key of type ${key.asymmetricKeyType}`);
	}
}

function pemOf(tbsCertificate: TBSCertificate, key: KeyObject): string {
	const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
	const certificate = new Certificate({
		tbsCertificate,
		signatureAlgorithm: tbsCertificate.signature,
		signatureValue: new Uint8Array(sign("sha256", signed, key)).buffer,
	});
	return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString();
}

function pkcs8Of(key: KeyObject): string {
	return key.export({ type: "pkcs8", format: "pem" }).toString();
}
