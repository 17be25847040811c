import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type CertificateRequest, type ChartPort, fromPlainMap, type LookupQuery } from "../port.ts";
import { checkFunction, Engine } from "../template/engine.ts";
import { lex } from "../template/lexer.ts";
import { parseTemplates } from "../template/parser.ts";
import { TemplateError } from "../template/template-error.ts";
import { allFunctions, unsupportedFunctions } from "./all.ts";

function render(text: string, port: ChartPort = {}): string {
	const functions = allFunctions(port);
	const templates = parseTemplates({ name: "main", text }, checkFunction(functions));
	return new Engine(templates, functions).render("main", fromPlainMap({})) ?? "";
}

describe("what templates ask of the world", () => {
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
		expect(() => render('{{ genCA "x" 1 }}')).toThrow(TemplateError);
		expect(render('{{ lookup "v1" "Secret" "" "" }}')).toBe("map[]");
	});
});

describe("the functions", () => {
	const templates = fileURLToPath(new URL("../../../charts", import.meta.url));
	const called = readdirSync(templates, { recursive: true, encoding: "utf8" })
		.filter((path) => path.includes("/templates/") && /\.(?:ya?ml|tpl|txt)$/.test(path))
		.flatMap((name) => lex({ name, text: readFileSync(join(templates, name), "utf8") }))
		.filter(({ kind }) => kind === "identifier")
		.map(({ text }) => text);

	it("that charts/ calls exist", () => {
		const known = [...Object.keys(allFunctions({})), "include"];
		const missing = called.filter(
			(name) => !known.includes(name) || Object.hasOwn(unsupportedFunctions, name),
		);
		expect([...new Set(missing)]).toEqual([]);
		expect(called.length).toBeGreaterThan(500);
	});

	it("that charts/ does not call are none, or refused by name", () => {
		const kept = Object.keys(allFunctions({})).filter((name) => !Object.hasOwn(unsupportedFunctions, name));
		expect(kept.filter((name) => !called.includes(name))).toEqual([]);
		for (const name of ["tpl", "uuidv4", "required", "sha256sum", "keys", "toPrettyJson"]) {
			expect(() => render(`{{ ${name} 1 }}`)).toThrow(
				`error calling ${name}: not supported by this renderer`,
			);
			expect(render(`{{ if false }}{{ ${name} 1 }}{{ end }}`)).toBe("");
		}
	});
});
