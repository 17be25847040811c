import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { clientAuthority, constrainedAuthority } from "../../../test/support/api-server/certificates.ts";
import type { CertificateAndKey, CertificateRequest } from "../../chart/index.ts";
import { formatProblem } from "../../domain/problem.ts";
import { type CertificateParts, certificateProblems } from "./certificate-problems.ts";
import { issueCertificate } from "./issue-certificate.ts";

const day = 24 * 3_600_000;
const now = Date.parse("2026-06-01T00:00:00Z");
const host = "shunt-injector.shunt.svc";

function issue(more: Partial<CertificateRequest>, at = now): CertificateAndKey {
	const request = {
		kind: "signed",
		commonName: "injector",
		ipAddresses: [],
		dnsNames: [host],
		daysValid: 100,
	} as const;
	return issueCertificate({ ...request, ...more }, at);
}

const root = issue({ kind: "ca", commonName: "root", dnsNames: [] });
const other = issue({ kind: "ca", commonName: "other", dnsNames: [] });
const good = issue({ issuer: root });

function problems(given: { ca?: string; crt?: string; key?: string }, at = now): string[] {
	const { ca = root.certificate, crt = good.certificate, key = good.key } = given;
	const parts: CertificateParts = {
		ca: { source: "injector.tls.ca", text: ca },
		crt: { source: "injector.tls.crt", text: crt },
		key: { source: "injector.tls.key", text: key },
	};
	return certificateProblems(parts, { host, now: at }).map(formatProblem);
}

/** One of another name, by the same CA, and so on. */
const wrongName = issue({ issuer: root, dnsNames: ["elsewhere.svc"] });
const alien = issue({ issuer: other });
const between = issue({ kind: "ca", commonName: "between", dnsNames: [], issuer: root });
const viaBetween = issue({ issuer: between });
/** A CA's certificate that names clients as those whom it is for. */
const clients = await clientAuthority("clients", now);
/** CAs that a company bound to its own domains, or kept out of others'. */
const bound = await constrainedAuthority("company", now, { permitted: ["corp.example"] });
const keptOut = await constrainedAuthority("outside", now, { excluded: [".shunt.svc"] });
const wide = await constrainedAuthority("wide", now, {
	permitted: ["corp.example", "SVC"],
	excluded: ["unt.svc", "x.shunt.svc"],
});
const openSsh = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n";
const oldRoot = issue({ kind: "ca", commonName: "old", dnsNames: [], daysValid: 10 }, now - 50 * day);
const byOldRoot = issue({ issuer: oldRoot });
const early = issue({ issuer: root }, now + 10 * day);
const late = issue({ issuer: root, daysValid: 10 }, now - 50 * day);

describe("a provided certificate", () => {
	it.each([
		["as it should be", {}],
		[
			"with line ends of Windows",
			{ crt: good.certificate.replaceAll("\n", "\r\n"), ca: root.certificate.replaceAll("\n", "\r\n") },
		],
		["with remarks around it", { crt: `subject=CN = x\n${good.certificate}\nend\n` }],
		["for a wildcard", pairOf(issue({ issuer: root, dnsNames: ["*.shunt.svc"] }))],
		["with who issued its CA", { ...pairOf(viaBetween), crt: viaBetween.certificate + between.certificate }],
		[
			"with more CAs than are needed, an old one among them",
			{ ca: oldRoot.certificate + other.certificate + root.certificate },
		],
		["by a CA whose names include it", { ...pairOf(issue({ issuer: wide })), ca: wide.certificate }],
		["with another CA's way around one that is bound", { ca: bound.certificate + root.certificate }],
		["that is trusted itself", { ...pairOf(good), ca: good.certificate }],
	])("is accepted %s", (_, given) => {
		expect(problems(given)).toEqual([]);
	});

	it.each([
		[
			"another name",
			pairOf(wrongName),
			[
				"injector.tls.crt: is for DNS:elsewhere.svc (want one whose subject alternative names have DNS:shunt-injector.shunt.svc)",
			],
		],
		[
			"its name as a common name alone",
			pairOf(issue({ issuer: root, commonName: host, dnsNames: [] })),
			[expect.stringContaining("injector.tls.crt: is for no name at all")],
		],
		[
			"half a label as a wildcard",
			pairOf(issue({ issuer: root, dnsNames: ["shunt-*.shunt.svc"] })),
			[expect.stringContaining("DNS:shunt-*.shunt.svc")],
		],
		[
			"another CA",
			pairOf(alien),
			[
				'injector.tls.crt: was not issued by who is in injector.tls.ca (want the CA of "CN=other" there, or all certificates on the way to it here, the injector\'s first)',
			],
		],
		[
			"no certificate of its CA's CA",
			pairOf(viaBetween),
			[expect.stringContaining("was not issued by who is in injector.tls.ca")],
		],
		[
			"another's key",
			{ key: alien.key },
			[
				"injector.tls.key: is not the key of the certificate in injector.tls.crt (want the key that it was made for)",
			],
		],
		[
			"a chain that is upside down",
			{ ...pairOf(viaBetween), crt: between.certificate + viaBetween.certificate },
			[
				expect.stringContaining("is for no name"),
				"injector.tls.crt: has the injector's certificate in place 2 (want it first, then who issued it)",
			],
		],
		[
			"expired",
			pairOf(late),
			["injector.tls.crt: expired on 2026-04-22 (want a certificate that is valid today)"],
		],
		[
			"not begun",
			pairOf(early),
			["injector.tls.crt: is not valid before 2026-06-10 (want a certificate that is valid today)"],
		],
		[
			"an expired CA",
			{ ...pairOf(byOldRoot), ca: oldRoot.certificate },
			["injector.tls.ca: expired on 2026-04-22 (want a certificate that is valid today)"],
		],
		[
			"a key that Go does not verify",
			pairOf(withKey(generateKeyPairSync("ed448").privateKey)),
			[
				"injector.tls.crt: has a key that the API server does not know: ed448 (want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519)",
			],
		],
		[
			"a curve that Go does not verify",
			pairOf(withKey(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey)),
			[expect.stringContaining("injector.tls.crt: has a key that the API server does not know: secp256k1")],
		],
		[
			"a CA for clients alone",
			{ ...pairOf(issue({ issuer: clients })), ca: clients.certificate },
			[
				'injector.tls.ca: has a CA that is not for servers: "CN=clients" (want one with the extended key usage serverAuth, or with none)',
			],
		],
		[
			"a CA for other names alone",
			{ ...pairOf(issue({ issuer: bound })), ca: bound.certificate },
			[
				'injector.tls.ca: has a CA that may not sign for shunt-injector.shunt.svc: "CN=company" (want one whose name constraints permit that, or without any)',
			],
		],
		[
			"a CA for all names but such",
			{ ...pairOf(issue({ issuer: keptOut })), ca: keptOut.certificate },
			[expect.stringContaining("injector.tls.ca: has a CA that may not sign for shunt-injector.shunt.svc")],
		],
		[
			"a key of OpenSSH's",
			{ key: openSsh },
			[expect.stringContaining("injector.tls.key: is not a private key")],
		],
		[
			"its CA's private key beside its own",
			{ ...pairOf(good), key: good.key + root.key },
			[
				"injector.tls.key: has more than one private key (want the injector's alone, since it is given all that is here)",
			],
		],
		[
			"an expired CA among others",
			{ ...pairOf(byOldRoot), ca: other.certificate + oldRoot.certificate },
			["injector.tls.ca: expired on 2026-04-22 (want a certificate that is valid today)"],
		],
		[
			"a private key with the CA",
			{ ca: root.certificate + root.key },
			[
				"injector.tls.ca: has a private key in it, which is for the injector alone (want certificates and nothing else; the key is injector.tls.key)",
			],
		],
		[
			"a private key with the certificate",
			{ crt: good.key + good.certificate },
			[expect.stringContaining("injector.tls.crt: has a private key in it")],
		],
		[
			"garbage in the right form",
			{ crt: "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n" },
			[
				"injector.tls.crt: has a certificate that cannot be read (want certificates in PEM, each of them whole)",
			],
		],
		[
			"one of two that is cut",
			{ ca: root.certificate + other.certificate.replace(/\n[^\n]+\n/, "\n") },
			[expect.stringContaining("injector.tls.ca: has a certificate that cannot be read")],
		],
		[
			"DER",
			{ crt: Buffer.from(good.certificate.replace(/-.*-\n|\n/g, ""), "base64").toString() },
			[expect.stringContaining("injector.tls.crt: is not a certificate (want one in PEM")],
		],
		[
			"PEM that is base64 once more",
			{ crt: Buffer.from(good.certificate).toString("base64") },
			[expect.stringContaining("injector.tls.crt: is not a certificate")],
		],
		[
			"a public key for the private one",
			{ key: generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString() },
			[
				"injector.tls.key: is not a private key (want one in PEM, such as --set-file injector.tls.key=key.pem reads)",
			],
		],
		[
			"a key with a passphrase",
			{ key: encrypted("pkcs8") },
			[expect.stringContaining("injector.tls.key: is encrypted")],
		],
		[
			"a key with a passphrase, in the old form",
			{ key: encrypted("sec1") },
			[expect.stringContaining("injector.tls.key: is encrypted")],
		],
		[
			"a key that is cut",
			{ key: good.key.replace(/\n[^\n]+\n/, "\n") },
			["injector.tls.key: is a private key that cannot be read (want one in PEM that is whole)"],
		],
	])("is refused with %s", (_, given, said) => {
		expect(problems(given)).toEqual(said);
	});

	it("is refused with all that is wrong at once, and nothing of it is printed", () => {
		const said = problems({
			ca: root.certificate + root.key,
			crt: late.certificate,
			key: encrypted("pkcs8"),
		});
		expect(said).toHaveLength(3);
		expect(said.join("\n")).not.toMatch(/BEGIN|MI[GIH]/);
	});
});

function pairOf({ certificate, key }: CertificateAndKey): { crt: string; key: string } {
	return { crt: certificate, key };
}

function withKey(key: KeyObject): CertificateAndKey {
	return issue({ issuer: root, key: key.export({ type: "pkcs8", format: "pem" }).toString() });
}

function encrypted(type: "pkcs8" | "sec1"): string {
	const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
	return privateKey.export({ type, format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();
}
