import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { CertificateAndKey, CertificateRequest, LookupQuery } from "../../../src/chart/index.ts";
import { issueCertificate } from "../../../src/cli/chart/issue-certificate.ts";
import { type JsonObject, objectAt, objectsAt, textAt } from "../../../src/inject/json.ts";
import { release, renderWithHelm } from "../support/helm.ts";
import { flagsOf, renderWithOurs } from "../support/ours.ts";
import { type Given, tlsGiven, withGiven } from "./support/chart-files.ts";
import { cliPort, injectorPod, objectsOf, only, render } from "./support/rendered.ts";

const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();
const encode = (text: string) => Buffer.from(text).toString("base64");

interface Tls {
	readonly ca: string;
	readonly crt: string;
	readonly key: string;
	readonly trusted: string;
}

/** What the injector gets, and what the API server trusts. */
function tlsOf(objects: readonly JsonObject[]): Tls {
	const data = objectAt(only(objects, "Secret"), "data");
	const [webhook = {}] = objectsAt(only(objects, "MutatingWebhookConfiguration"), "webhooks");
	return {
		ca: decode(textAt(data, "ca.crt")),
		crt: decode(textAt(data, "tls.crt")),
		key: decode(textAt(data, "tls.key")),
		trusted: decode(textAt(objectAt(webhook, "clientConfig"), "caBundle")),
	};
}

function byHelm(one: Given): JsonObject[] {
	const { files, sources } = withGiven(one);
	const rendered = renderWithHelm(files, flagsOf(sources));
	return objectsOf(rendered.ok ? rendered.text : rendered.error);
}

/** A cluster that has the release's Secret. */
function storing(data: Readonly<Record<string, string>>) {
	const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(value)]));
	return {
		lookup: ({ kind, namespace, name }: LookupQuery) =>
			kind === "Secret" && namespace === release.namespace && name === "shunt-injector-tls"
				? { data: encoded }
				: undefined,
	};
}

describe("a generated certificate", () => {
	it.each([
		["us", () => render({ name: "" })],
		["Helm", () => byHelm({ name: "" })],
	])("by %s is the injector's, and the API server trusts who issued it", (_, objects) => {
		const { ca, crt, key, trusted } = tlsOf(objects());
		expect(trusted).toBe(ca);
		const [issuer, certificate] = [new X509Certificate(ca), new X509Certificate(crt)];
		expect(issuer.ca).toBe(true);
		expect(certificate.checkIssued(issuer)).toBe(true);
		expect(certificate.verify(issuer.publicKey)).toBe(true);
		expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
		expect(certificate.checkHost(`shunt-injector.${release.namespace}.svc`)).toBeDefined();
		const years = (new Date(certificate.validTo).getTime() - Date.now()) / (365 * 24 * 3_600_000);
		expect(years).toBeGreaterThan(9);
		expect(years).toBeLessThan(11);
	});

	it("is another each time, unless the cluster has one already", () => {
		const first = tlsOf(render({ name: "" }));
		expect(tlsOf(render({ name: "" })).crt).not.toBe(first.crt);
		const stored = storing({ "ca.crt": first.ca, "tls.crt": first.crt, "tls.key": first.key });
		expect(tlsOf(render({ name: "" }, stored))).toEqual(first);
	});

	it("is made anew where what the cluster has is incomplete", () => {
		const stored = storing({ "tls.crt": tlsGiven.crt, "tls.key": tlsGiven.key });
		expect(tlsOf(render({ name: "" }, stored)).crt).not.toBe(tlsGiven.crt);
	});

	it("is valid for as long as asked", () => {
		const { crt } = tlsOf(render({ name: "", set: ["injector.tls.daysValid=30"] }));
		const days = (new Date(new X509Certificate(crt).validTo).getTime() - Date.now()) / (24 * 3_600_000);
		expect(Math.round(days)).toBe(30);
	});
});

describe("a provided certificate", () => {
	const values = { injector: { tls: tlsGiven } };

	it("is used as it is", () => {
		const { ca, crt, key } = tlsGiven;
		expect(tlsOf(render({ name: "", values }))).toEqual({ ca, crt, key, trusted: ca });
	});

	it("stays when the release is upgraded without it", () => {
		const { ca, crt, key } = tlsGiven;
		const stored = storing({ "ca.crt": ca, "tls.crt": crt, "tls.key": key });
		const one = { name: "", set: ["injector.tls.source=provided"] };
		expect(tlsOf(render(one, stored))).toEqual({ ca, crt, key, trusted: ca });
	});

	it("is passed on without what stands beside it", () => {
		const { ca, crt, key } = tlsGiven;
		const noted = { ...tlsGiven, ca: `subject=CN = ca\r\n\n${ca.replaceAll("\n", "\r\n")}and so on\n` };
		const objects = render({ name: "", values: { injector: { tls: noted } } });
		expect(tlsOf(objects)).toEqual({ ca: expect.any(String), crt, key, trusted: tlsOf(objects).ca });
		expect(tlsOf(objects).ca.replaceAll("\r", "")).toBe(ca);
		expect(JSON.stringify(only(objects, "ConfigMap"))).not.toMatch(/subject=|and so on/);
	});

	it("brings no private key to anybody but the injector, wherever the cluster's Secret has one", () => {
		const { ca, crt, key } = tlsGiven;
		const stored = storing({ "ca.crt": key + ca, "tls.crt": crt, "tls.key": key });
		const objects = render({ name: "", set: ["injector.tls.source=provided"] }, stored);
		expect(tlsOf(objects)).toEqual({ ca, crt, key, trusted: ca });
	});

	it.each([
		["injectCaFrom", "certs/ours", "cert-manager.io/inject-ca-from"],
		["injectCaFromSecret", "certs/ours-tls", "cert-manager.io/inject-ca-from-secret"],
	])("may have its CA written by cert-manager: %s", (key, value, annotation) => {
		const tls = { source: "provided", existingSecret: "mine", [key]: value };
		for (const objects of [render, byHelm].map((make) => make({ name: "", values: { injector: { tls } } }))) {
			const configuration = only(objects, "MutatingWebhookConfiguration");
			expect(objectAt(objectAt(configuration, "metadata"), "annotations")).toEqual({ [annotation]: value });
			const [webhook = {}] = objectsAt(configuration, "webhooks");
			expect(Object.keys(objectAt(webhook, "clientConfig"))).toEqual(["service"]);
			expect(objects.filter((object) => object["kind"] === "Secret")).toEqual([]);
		}
	});

	it("may be in a Secret, which is left alone", () => {
		const tls = { source: "provided", existingSecret: "mine", ca: tlsGiven.ca };
		const objects = render({ name: "", values: { injector: { tls } } });
		expect(objects.filter((object) => object["kind"] === "Secret")).toEqual([]);
		const volumes = objectsAt(objectAt(injectorPod(objects), "spec"), "volumes");
		expect(volumes).toContainEqual(
			expect.objectContaining({ name: "tls", secret: expect.objectContaining({ secretName: "mine" }) }),
		);
		const [webhook = {}] = objectsAt(only(objects, "MutatingWebhookConfiguration"), "webhooks");
		expect(decode(textAt(objectAt(webhook, "clientConfig"), "caBundle"))).toBe(tlsGiven.ca);
	});
});

/** Helm has no parser of certificates: names and times stand in them as they are. */
describe("a certificate that is given to Helm", () => {
	const day = 24 * 3_600_000;
	const host = `shunt-injector.${release.namespace}.svc`;
	const issue = (more: Partial<CertificateRequest> = {}, at = Date.now()) => {
		const request: CertificateRequest = {
			kind: "signed",
			commonName: "injector",
			ipAddresses: [],
			dnsNames: [host],
			daysValid: 100,
			...more,
		};
		return issueCertificate(request, at);
	};
	const root = issue({ kind: "ca", commonName: "root", dnsNames: [] });
	const oldRoot = issue({ kind: "ca", commonName: "old", dnsNames: [], daysValid: 1 }, Date.now() - 9 * day);
	const dated = (at: number) => new Date(at).toISOString().slice(0, 10);

	function saidOf({ certificate: crt, key }: CertificateAndKey, ca = root.certificate) {
		const one = { name: "", values: { injector: { tls: { source: "provided", ca, crt, key } } } };
		const { files, sources } = withGiven(one);
		const [helm, ours] = [
			renderWithHelm(files, flagsOf(sources)),
			renderWithOurs(files, sources, cliPort),
		].map((rendered) => (rendered.ok ? "" : rendered.error));
		return { helm, ours };
	}

	it.each([
		["its own name", {}],
		["further names", { dnsNames: ["a.b", host, `${host}.cluster.local`] }],
		["a wildcard's name", { dnsNames: [`*.${release.namespace}.svc`] }],
		["a name in capitals", { dnsNames: [host.toUpperCase()] }],
		["times beyond 2049", { daysValid: 40_000 }],
	])("is taken with %s", (_, more) => {
		expect(saidOf(issue({ issuer: root, ...more }))).toEqual({ helm: "", ours: "" });
	});

	const notFor = `injector.tls.crt: is not for ${host} (want one whose subject alternative names have DNS:${host})`;
	it.each([
		["another name", issue({ issuer: root, dnsNames: ["other.svc"] }), notFor],
		["a longer name alone", issue({ issuer: root, dnsNames: [`${host}.cluster.local`] }), notFor],
		["an address", issue({ issuer: root, dnsNames: [], ipAddresses: ["10.0.0.1"] }), notFor],
		["a common name alone", issue({ issuer: root, dnsNames: [], commonName: host }), notFor],
		[
			"a time that is over",
			issue({ issuer: root, daysValid: 2 }, Date.now() - 5 * day),
			`injector.tls.crt: expired on ${dated(Date.now() - 3 * day)} (want a certificate that is valid today)`,
		],
		[
			"a time to come",
			issue({ issuer: root }, Date.now() + 5 * day),
			`injector.tls.crt: is not valid before ${dated(Date.now() + 5 * day)} (want a certificate that is valid today)`,
		],
	])("is refused with %s", (_, given, said) => {
		const { helm, ours } = saidOf(given);
		expect(helm).toContain(said);
		expect(ours).toContain(said);
	});

	it.each([
		["OpenSSH's form", "OPENSSH PRIVATE KEY"],
		["DSA, which nobody serves with", "DSA PRIVATE KEY"],
		["no private key", "PUBLIC KEY"],
	])("is refused with a key that has %s", (_, label) => {
		const key = `-----BEGIN ${label}-----\na2V5\n-----END ${label}-----\n`;
		const { helm, ours } = saidOf({ ...issue({ issuer: root }), key });
		const said = "injector.tls.key: is not a private key (want one in PEM, such as --set-file";
		expect(helm).toContain(said);
		expect(ours).toContain(said);
		expect(`${helm}${ours}`).not.toContain("a2V5");
	});

	it("is refused with its CA's private key beside its own", () => {
		const given = issue({ issuer: root });
		const { helm, ours } = saidOf({ ...given, key: given.key + root.key });
		const said = "injector.tls.key: has more than one private key (want the injector's alone";
		expect(helm).toContain(said);
		expect(ours).toContain(said);
	});

	it("is called one that is no certificate where its end is missing, and not one for another name", () => {
		const given = issue({ issuer: root });
		const { helm, ours } = saidOf({ ...given, certificate: given.certificate.slice(0, 300) });
		expect(`${helm}${ours}`).not.toContain("is not for");
		expect(helm).toContain("injector.tls.crt: is not a certificate");
		expect(ours).toContain("injector.tls.crt: is not a certificate");
	});

	it("is refused with a CA whose time is over, unless there are others", () => {
		const given = issue({ issuer: root });
		const said = `injector.tls.ca: expired on ${dated(Date.now() - 8 * day)} (want a certificate that is valid today)`;
		const { helm, ours } = saidOf(given, oldRoot.certificate);
		expect(helm).toContain(said);
		expect(ours).toContain(said);
		expect(saidOf(given, oldRoot.certificate + root.certificate)).toEqual({ helm: "", ours: "" });
	});
});

describe("cert-manager's certificate", () => {
	const render_ = (...set: string[]) =>
		render({ name: "", set: ["injector.tls.source=cert-manager", ...set] });

	it("is its own authority where no issuer is named, and cert-manager says so to the API server", () => {
		const objects = render_();
		expect(objects.filter((object) => object["kind"] === "Secret")).toEqual([]);
		expect(only(objects, "Issuer")["spec"]).toEqual({ selfSigned: {} });
		expect(only(objects, "Certificate")["spec"]).toMatchObject({
			secretName: "shunt-injector-tls",
			dnsNames: expect.arrayContaining([`shunt-injector.${release.namespace}.svc`]),
			issuerRef: { kind: "Issuer", name: "shunt-injector" },
		});
		const configuration = only(objects, "MutatingWebhookConfiguration");
		expect(objectAt(objectAt(configuration, "metadata"), "annotations")).toEqual({
			"cert-manager.io/inject-ca-from": `${release.namespace}/shunt-injector`,
		});
		const [webhook = {}] = objectsAt(configuration, "webhooks");
		expect(Object.keys(objectAt(webhook, "clientConfig"))).toEqual(["service"]);
	});

	it("is the named issuer's", () => {
		const objects = render_("injector.tls.issuerRef.name=ca", "injector.tls.issuerRef.kind=ClusterIssuer");
		expect(objects.filter((object) => object["kind"] === "Issuer")).toEqual([]);
		expect(only(objects, "Certificate")["spec"]).toMatchObject({
			issuerRef: { kind: "ClusterIssuer", name: "ca" },
		});
	});
});
