import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	randomBytes,
	sign,
	X509Certificate,
} from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
	AlgorithmIdentifier,
	AttributeTypeAndValue,
	AttributeValue,
	BasicConstraints,
	Certificate,
	ExtendedKeyUsage,
	Extension,
	Extensions,
	GeneralName,
	id_ce_basicConstraints,
	id_ce_extKeyUsage,
	id_ce_keyUsage,
	id_ce_subjectAltName,
	id_kp_clientAuth,
	id_kp_serverAuth,
	KeyUsage,
	KeyUsageFlags,
	Name,
	RelativeDistinguishedName,
	SubjectAlternativeName,
	SubjectPublicKeyInfo,
	TBSCertificate,
	Validity,
	Version,
} from "@peculiar/asn1-x509";
import type { CertificateAndKey, CertificateRequest } from "../../chart/index.ts";

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

const commonName = "2.5.4.3";

/** `CN=text` */
function nameOf(text: string): Name {
	const value = new AttributeValue({ utf8String: text });
	return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])]);
}

/** The extensions that sprig's functions give their certificates (crypto.go). */
function extensionsOf({ kind, ipAddresses, dnsNames }: CertificateRequest): Extensions {
	const isAuthority = kind === "ca";
	const usage = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
	const names = [
		...dnsNames.map((dNSName) => new GeneralName({ dNSName })),
		...ipAddresses.map((iPAddress) => new GeneralName({ iPAddress: checkedAddress(iPAddress) })),
	];
	return new Extensions([
		extension(
			id_ce_keyUsage,
			new KeyUsage(isAuthority ? usage | KeyUsageFlags.keyCertSign : usage),
			"critical",
		),
		extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth])),
		extension(id_ce_basicConstraints, new BasicConstraints({ cA: isAuthority }), "critical"),
		...(names.length > 0 ? [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))] : []),
	]);
}

function extension(extnID: string, value: unknown, critical?: "critical"): Extension {
	return new Extension({
		extnID,
		critical: critical !== undefined,
		extnValue: new OctetString(AsnConvert.serialize(value)),
	});
}

function checkedAddress(text: string): string {
	if (isIP(text) === 0) {
		throw new Error(`${JSON.stringify(text)} is not an IP address`);
	}
	return text;
}
