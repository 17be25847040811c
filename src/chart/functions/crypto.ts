import { base64Decode } from "../go/base64.ts";
import { CallError } from "../go/call-error.ts";
import { format } from "../go/print.ts";
import { utf8Decode, utf8Encode } from "../go/utf8.ts";
import { GoObject, type GoSlice, type Value } from "../go/value.ts";
import type { CertificateAndKey, CertificateRequest, ChartPort } from "../port.ts";
import { type FunctionTable, fixed } from "./function.ts";

/** Digests and certificates, which the port computes. */
export function cryptoFunctions(port: ChartPort): FunctionTable {
	const issue = (request: CertificateRequest): GoObject => {
		if (port.issueCertificate === undefined) {
			throw new CallError("certificates are not available here");
		}
		return certificateObject(port.issueCertificate(request));
	};
	return {
		sha1sum: fixed(["string"], (text) => digest(port, "sha1", text)),
		sha256sum: fixed(["string"], (text) => digest(port, "sha256", text)),
		sha512sum: fixed(["string"], (text) => digest(port, "sha512", text)),
		adler32sum: fixed(["string"], (text) => String(adler32(utf8Encode(text)))),
		genCA: fixed(["string", "int"], (name, days) => issue(request("ca", name, days))),
		genCAWithKey: fixed(["string", "int", "string"], (name, days, key) =>
			issue({ ...request("ca", name, days), key }),
		),
		genSelfSignedCert: fixed(["string", "list", "list", "int"], (name, ips, dns, days) =>
			issue({ ...request("self-signed", name, days), ...alternatives(ips, dns) }),
		),
		genSelfSignedCertWithKey: fixed(
			["string", "list", "list", "int", "string"],
			(name, ips, dns, days, key) =>
				issue({ ...request("self-signed", name, days), ...alternatives(ips, dns), key }),
		),
		genSignedCert: fixed(["string", "list", "list", "int", "any"], (name, ips, dns, days, issuer) =>
			issue({ ...request("signed", name, days), ...alternatives(ips, dns), issuer: certificateOf(issuer) }),
		),
		genSignedCertWithKey: fixed(
			["string", "list", "list", "int", "any", "string"],
			(name, ips, dns, days, issuer, key) =>
				issue({
					...request("signed", name, days),
					...alternatives(ips, dns),
					issuer: certificateOf(issuer),
					key,
				}),
		),
		buildCustomCert: fixed(["string", "string"], (certificate, key) =>
			certificateObject({ certificate: decodePem(certificate), key: decodePem(key) }),
		),
	};
}

function digest(port: ChartPort, algorithm: "sha1" | "sha256" | "sha512", text: string): string {
	if (port.digest === undefined) {
		throw new CallError(`${algorithm} is not available here`);
	}
	return Array.from(port.digest(algorithm, utf8Encode(text)), (byte) =>
		byte.toString(16).padStart(2, "0"),
	).join("");
}

/** RFC 1950, section 9. */
function adler32(bytes: Uint8Array): number {
	let a = 1;
	let b = 0;
	for (const byte of bytes) {
		a = (a + byte) % 65_521;
		b = (b + a) % 65_521;
	}
	return b * 65_536 + a;
}

function request(
	kind: CertificateRequest["kind"],
	commonName: string,
	daysValid: number,
): CertificateRequest {
	return { kind, commonName, daysValid, ipAddresses: [], dnsNames: [] };
}

function alternatives(ips: GoSlice, dns: GoSlice): Pick<CertificateRequest, "ipAddresses" | "dnsNames"> {
	return { ipAddresses: textsOf(ips, "ip"), dnsNames: textsOf(dns, "alternate dns name") };
}

function textsOf({ items }: GoSlice, what: string): string[] {
	return items.map((item) => {
		if (typeof item !== "string") {
			throw new CallError(`error processing ${what}: ${format(item)} is not a string`);
		}
		return item;
	});
}

/** sprig's `certificate` struct. */
function certificateObject({ certificate, key }: CertificateAndKey): GoObject {
	return new GoObject("sprig.certificate", { fields: { Cert: certificate, Key: key } });
}

function certificateOf(value: Value): CertificateAndKey {
	const [certificate, key] =
		value instanceof GoObject && value.type === "sprig.certificate"
			? [value.fields.get("Cert"), value.fields.get("Key")]
			: [];
	if (typeof certificate !== "string" || typeof key !== "string") {
		throw new CallError("wrong type for value; expected sprig.certificate");
	}
	return { certificate, key };
}

function decodePem(text: string): string {
	const decoded = base64Decode(utf8Encode(text));
	const pem = "bytes" in decoded ? utf8Decode(decoded.bytes) : "";
	if (!pem.includes("-----BEGIN ")) {
		throw new CallError("unable to decode certificate or private key");
	}
	return pem;
}
