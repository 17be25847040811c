import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromPlainMap } from "../plain-value.ts";
import type { CertificateRequest, ChartPort, LookupQuery } from "../port.ts";
import { checkFunction, Engine } from "../template/engine.ts";
import { parseTemplates } from "../template/parser.ts";
import { TemplateError } from "../template/template-error.ts";
import { TemplateSet } from "../template/template-set.ts";
import { allFunctions } from "./all.ts";

function render(text: string, port: ChartPort = {}): string {
	const functions = allFunctions(port);
	const templates = new TemplateSet();
	templates.add(parseTemplates({ name: "main", text }, checkFunction(functions)));
	const main = templates.get("main");
	return main === undefined ? "" : new Engine(templates, functions).render(main, fromPlainMap({}));
}

describe("what templates ask of the world", () => {
	it("is the time", () => {
		const port = { now: () => Date.UTC(2026, 7, 1, 12, 30, 5) };
		expect(render('{{ dateInZone "2006-01-02 15:04:05" now "UTC" }} {{ unixEpoch now }}', port)).toBe(
			"2026-08-01 12:30:05 1785587405",
		);
		expect(render('{{ dateInZone "Jan _2 3PM" (dateModify "-25h" now) "UTC" }}', port)).toBe("Jul 31 11AM");
		expect(render('{{ now.UTC.Format "2006" }} {{ now.Unix }}', port)).toBe("2026 1785587405");
	});

	it("is random bytes, of which none favours a character", () => {
		let next = 0;
		const port = { randomBytes: (count: number) => Uint8Array.from({ length: count }, () => next++ % 256) };
		expect(render("{{ randAlphaNum 5 }} {{ randNumeric 3 }} {{ randAlpha 0 }}|", port)).toBe("ABCDE 567 |");
		expect(render("{{ uuidv4 }}", port)).toMatch(
			/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
		);
		expect(
			render("{{ randNumeric 300 }}", {
				randomBytes: (count) => new Uint8Array(count).map((_, i) => 250 + (i % 6) - 1),
			}),
		).toMatch(/^9+$/);
	});

	it("is digests", () => {
		const port: ChartPort = {
			digest: (algorithm, data) => new Uint8Array(createHash(algorithm).update(data).digest()),
		};
		const expected = createHash("sha256").update("é").digest("hex");
		expect(render('{{ sha256sum "é" }} {{ adler32sum "abc" }}', port)).toBe(`${expected} 38600999`);
	});

	it("is certificates", () => {
		const requests: CertificateRequest[] = [];
		const port: ChartPort = {
			issueCertificate: (request) => {
				requests.push(request);
				return { certificate: `cert ${request.commonName}`, key: `key ${request.commonName}` };
			},
		};
		const text =
			'{{ $ca := genCA "root" 10 }}{{ $c := genSignedCert "leaf" (list "10.0.0.1") (list "a.b" "c") 5 $ca }}{{ $c.Cert }}, {{ $c.Key }}';
		expect(render(text, port)).toBe("cert leaf, key leaf");
		expect(requests).toEqual([
			{ kind: "ca", commonName: "root", daysValid: 10, ipAddresses: [], dnsNames: [] },
			{
				kind: "signed",
				commonName: "leaf",
				daysValid: 5,
				ipAddresses: ["10.0.0.1"],
				dnsNames: ["a.b", "c"],
				issuer: { certificate: "cert root", key: "key root" },
			},
		]);
		expect(render('{{ (genSelfSignedCert "x" nil nil 1).Key }}', port)).toBe("key x");
	});

	it("is objects of the cluster", () => {
		const queries: LookupQuery[] = [];
		const lookup = (query: LookupQuery) => {
			queries.push(query);
			return query.name === "there" ? { data: { "ca.crt": "x" } } : undefined;
		};
		const text =
			'{{ index (lookup "v1" "Secret" "ns" "there").data "ca.crt" }}{{ lookup "v1" "Secret" "ns" "gone" }}';
		expect(render(text, { lookup })).toBe("xmap[]");
		expect(queries[0]).toEqual({ apiVersion: "v1", kind: "Secret", namespace: "ns", name: "there" });
	});

	it("is refused by name where the caller does not offer it", () => {
		for (const text of ["{{ now }}", "{{ randAlpha 1 }}", '{{ sha256sum "x" }}', '{{ genCA "x" 1 }}']) {
			expect(() => render(text)).toThrow(TemplateError);
		}
		expect(render('{{ lookup "v1" "Secret" "" "" }}')).toBe("map[]");
	});
});
