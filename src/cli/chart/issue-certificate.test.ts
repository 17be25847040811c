import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { CertificateAndKey, CertificateRequest } from "../../chart/index.ts";
import { issueCertificate } from "./issue-certificate.ts";

const day = 24 * 3_600_000;
const blank: CertificateRequest = {
	kind: "ca",
	commonName: "shunt",
	ipAddresses: [],
	dnsNames: [],
	daysValid: 365,
};

function authority(changes: Partial<CertificateRequest> = {}): CertificateAndKey {
	return issueCertificate({ ...blank, ...changes }, Date.now());
}

function issued(issuer: CertificateAndKey, changes: Partial<CertificateRequest> = {}): CertificateAndKey {
	return issueCertificate(
		{ ...blank, kind: "signed", commonName: "web.ns.svc", dnsNames: ["web.ns.svc"], issuer, ...changes },
		Date.now(),
	);
}

/** A whole handshake, which checks all that a client checks; the answer is the body. */
async function serve(server: CertificateAndKey, ca: string, servername: string): Promise<string> {
	const listening = createServer({ cert: server.certificate, key: server.key }, (_, response) =>
		response.end("hello"),
	);
	await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
	const { port } = listening.address() as AddressInfo;
	try {
		return await new Promise((resolve, reject) => {
			request({ host: "127.0.0.1", port, ca, servername, agent: false }, (response) => {
				response.setEncoding("utf8").on("data", resolve);
			})
				.on("error", reject)
				.end();
		});
	} finally {
		listening.close();
	}
}

describe("an authority", () => {
	it("is one, for as long as it was asked to be", () => {
		const certificate = new X509Certificate(authority().certificate);
		expect(certificate.ca).toBe(true);
		expect(certificate.subject).toBe("CN=shunt");
		const days = (Date.parse(certificate.validTo) - Date.now()) / day;
		expect(Math.round(days)).toBe(365);
		expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
	});

	it("has another number each time", () => {
		const numbers = [authority(), authority()].map(({ certificate }) => new X509Certificate(certificate));
		expect(numbers[0]?.serialNumber).not.toBe(numbers[1]?.serialNumber);
	});

	it("can outlive 2049, from when dates are written otherwise", () => {
		const { validTo } = new X509Certificate(authority({ daysValid: 36_500 }).certificate);
		expect(Date.parse(validTo)).toBeGreaterThan(Date.parse("2100-01-01"));
	});

	it("keeps a key that it is given", () => {
		const key = generateKeyPairSync("rsa", { modulusLength: 2048 })
			.privateKey.export({ type: "pkcs8", format: "pem" })
			.toString();
		const made = authority({ key });
		expect(new X509Certificate(made.certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
	});
});

describe("a signed certificate", () => {
	it("is trusted by who trusts the authority, under its names and addresses", async () => {
		const ca = authority();
		const server = issued(ca, { ipAddresses: ["10.0.0.1", "fd00::1"] });
		const certificate = new X509Certificate(server.certificate);
		expect(certificate.ca).toBe(false);
		expect(certificate.checkIP("10.0.0.1")).toBe("10.0.0.1");
		expect(certificate.checkIP("fd00::1")).toBe("fd00::1");
		expect(await serve(server, ca.certificate, "web.ns.svc")).toBe("hello");
	});

	it("is trusted by nobody else, and under no other name", async () => {
		const ca = authority();
		const server = issued(ca);
		await expect(serve(server, authority().certificate, "web.ns.svc")).rejects.toThrow();
		await expect(serve(server, ca.certificate, "other.ns.svc")).rejects.toThrow(/altnames/);
	});

	it("can be signed with RSA", async () => {
		const key = generateKeyPairSync("rsa", { modulusLength: 2048 })
			.privateKey.export({ type: "pkcs8", format: "pem" })
			.toString();
		const ca = authority({ key });
		expect(await serve(issued(ca), ca.certificate, "web.ns.svc")).toBe("hello");
	});

	it("can sign itself", async () => {
		const self = issueCertificate({ ...blank, kind: "self-signed", dnsNames: ["web.ns.svc"] }, Date.now());
		expect(await serve(self, self.certificate, "web.ns.svc")).toBe("hello");
	});

	it("is refused for what is no key or no address", () => {
		expect(() => authority({ key: "none" })).toThrow();
		expect(() => authority({ kind: "self-signed", ipAddresses: ["10.0.0"] })).toThrow(
			'"10.0.0" is not an IP address',
		);
		const ed25519 = generateKeyPairSync("ed25519")
			.privateKey.export({ type: "pkcs8", format: "pem" })
			.toString();
		expect(() => authority({ key: ed25519 })).toThrow("ed25519");
	});
});
