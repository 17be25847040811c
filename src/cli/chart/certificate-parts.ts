import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
	AttributeTypeAndValue,
	AttributeValue,
	BasicConstraints,
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
} from "@peculiar/asn1-x509";
import type { CertificateRequest } from "../../chart/index.ts";

const commonName = "2.5.4.3";

/** `CN=text` */
export function nameOf(text: string): Name {
	const value = new AttributeValue({ utf8String: text });
	return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])]);
}

/** The extensions that sprig's functions give their certificates (crypto.go). */
export function extensionsOf({ kind, ipAddresses, dnsNames }: CertificateRequest): Extensions {
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
