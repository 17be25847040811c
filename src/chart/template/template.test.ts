import { describe, expect, it } from "vitest";
import { allFunctions } from "../functions/all.ts";
import { fromPlainMap, type PlainMap } from "../port.ts";
import { checkFunction, Engine } from "./engine.ts";
import { parseTemplates } from "./parser.ts";
import { TemplateError } from "./template-error.ts";

function render(text: string, data: PlainMap = {}): string {
	const functions = allFunctions({});
	const templates = parseTemplates({ name: "main", text }, checkFunction(functions));
	return new Engine(templates, functions).render("main", fromPlainMap(data)) ?? "";
}

/** The error's place, expression and message, as far as there are any. */
function failure(text: string, data: PlainMap = {}): string {
	try {
		return `no failure: ${render(text, data)}`;
	} catch (error) {
		if (error instanceof TemplateError) {
			const { file, line, column } = error.location;
			const via = error.via.map((at) => ` via ${at.file}:${at.line}:${at.column}`).join("");
			return `${file}:${line}:${column} <${error.expression ?? ""}> ${error.message}${via}`;
		}
		throw error;
	}
}

describe("white space", () => {
	it.each([
		["a {{- 1 -}} b", "a1b"],
		["a {{ 1 }} b", "a 1 b"],
		["a\n\t{{- /* gone */ -}}\n b", "ab"],
		["a {{/* gone */}} b", "a  b"],
		["{{-3}} {{- -3 -}} x", "-3-3x"],
		['{{ `}}` }}{{ "}}" }}', "}}}}"],
	])("%j", (text, expected) => {
		expect(render(text)).toBe(expected);
	});
});

describe("variables", () => {
	it.each([
		["{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"],
		["{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"],
		["{{ with $x := .a }}{{ $x }}{{ . }}{{ end }}", "AA"],
		["{{ range $i, $x := .l }}{{ $i }}{{ $x }} {{ end }}", "0x 1y "],
		['{{ $l := "" }}{{ range .l }}{{ $l = . }}{{ end }}{{ $l }}', "y"],
		["{{ range .l }}{{ $.a }}{{ . }}{{ end }}", "AxAy"],
		["{{ range $k, $v := .m }}{{ $k }}{{ $v }}{{ end }}", "a2b1"],
	])("%s", (text, expected) => {
		expect(render(text, { a: "A", l: ["x", "y"], m: { b: 1, a: 2 } })).toBe(expected);
	});
});

describe("nothing", () => {
	it.each([
		["{{ .missing }}|{{ .nil }}", "|"],
		["{{ (.missing).field }}|{{ (.nil).field }}", "|"],
		["{{ $x := .missing }}{{ $x.field }}", ""],
		["{{ with .nil }}{{ else }}none{{ end }}{{ range .missing }}{{ else }}none{{ end }}", "nonenone"],
		['{{ printf "%v" .nil }}{{ quote .nil }}{{ .nil | default 1 }}', "<nil>1"],
		["{{ eq .missing .nil }} {{ eq .nil 1 }}", "true false"],
	])("%s", (text, expected) => {
		expect(render(text, { nil: null })).toBe(expected);
	});
});

describe("numbers", () => {
	it("are floats from YAML and integers from --set, and print so", () => {
		expect(render("{{ .f }} {{ .i }} {{ int .f }}", { f: 1_000_000, i: 1_000_000n })).toBe(
			"1e+06 1000000 1000000",
		);
	});

	it("compare with their own kind alone", () => {
		expect(render("{{ eq .f 1.0 }} {{ eq .i 1 }} {{ lt .i 2 }}", { f: 1, i: 1n })).toBe("true true true");
		expect(failure("{{ eq .f 1 }}", { f: 1 })).toContain(
			"incompatible types for comparison: float64 and int64",
		);
	});
});

describe("templates in templates", () => {
	it("pass their dot, and share no variables", () => {
		expect(
			render(
				'{{ define "t" }}[{{ . }}{{ $ }}]{{ end }}{{ $x := 1 }}{{ include "t" 5 }}{{ include "t" "a" | upper }}',
			),
		).toBe("[55][AA]");
		expect(failure('{{ $x := 1 }}{{ define "t" }}{{ $x }}{{ end }}')).toContain('undefined variable "$x"');
	});

	it("are there once they are defined, whatever was blank", () => {
		expect(render('{{ define "t" }} {{ end }}{{ define "t" }}x{{ end }}{{ include "t" . }}')).toBe("x");
		expect(failure('{{ define "t" }}x{{ end }}{{ define "t" }}y{{ end }}')).toContain("multiple definition");
		expect(failure('{{ include "t" . }}')).toContain('no template "t"');
	});

	it("end somewhere", () => {
		expect(failure('{{ define "t" }}{{ include "t" . }}{{ end }}{{ include "t" . }}')).toMatch(
			/nested|too deeply/,
		);
	});
});

describe("and, or", () => {
	it("evaluate no more than they need", () => {
		expect(render('{{ or 1 (fail "no") }}{{ and 0 (fail "no") }}{{ or 0 "" }}|{{ and 1 "a" }}')).toBe("10|a");
	});
});

describe("an error names file, line, column and expression", () => {
	it.each([
		["a\n  {{ .a.b.c }}", "main:2:7 <.a.b.c> nil pointer evaluating interface {}.c"],
		["{{ .s.x }}", "main:1:5 <.s.x> can't evaluate field x in type string"],
		["{{ .s | indent .s }}", "main:1:15 <.s> wrong type for value; expected int; got string"],
		["✓ {{ upper 5 }}", "main:1:13 <5> wrong type for value; expected string; got int64"],
		["{{ indent }}", "main:1:3 <indent> wrong number of args for indent: want 2 got 0"],
		['{{ fail "sorry" }}', 'main:1:3 <fail "sorry"> sorry'],
		["{{ index .l 9 }}", "main:1:3 <index .l 9> error calling index: index out of range: 9"],
		[
			'{{ define "t" }}\n{{ .s.x }}{{ end }}{{ include "t" . }}',
			"main:2:5 <.s.x> can't evaluate field x in type string via main:2:22",
		],
		["{{ range .s }}{{ end }}", "main:1:9 <.s> range can't iterate over text"],
		["{{ nope }}", 'main:1:3 <> function "nope" not defined'],
		["{{ if }}{{ end }}", "main:1:6 <> missing value for if"],
		["{{ if .s }}", "main:1:11 <> unexpected EOF"],
		["{{ .s", "main:1:5 <> unclosed action"],
		["{{ (.s }}", "main:1:7 <> unclosed left paren"],
		["{{ break }}", "main:1:3 <> {{break}} is not supported by this renderer"],
		["{{ urlParse .s }}", "main:1:3 <urlParse .s> error calling urlParse: not supported by this renderer"],
		["{{ 0x10 }}", 'main:1:4 <> bad character "x" after 0'],
		["{{ 010 }}", "main:1:3 <> the number 010 is not supported by this renderer"],
		['{{ "a', "main:1:3 <> unterminated quoted string"],
		["{{ .s ) }}", "main:1:6 <> unexpected right paren"],
		["{{/* x", "main:1:0 <> unclosed comment"],
	])("%j", (text, expected) => {
		expect(failure(text, { s: "text", l: [], a: {} })).toBe(expected);
	});

	it("and a name that JavaScript knows is still no function", () => {
		for (const name of ["constructor", "toString2", "__proto__", "hasOwnProperty"]) {
			expect(failure(`{{ ${name} }}`)).toContain("not defined");
		}
	});
});

describe("keys that JavaScript knows", () => {
	it("are keys like any other", () => {
		const data = JSON.parse('{"__proto__": "p", "constructor": {"x": 1}}');
		expect(render("{{ .__proto__ }} {{ .constructor.x }} {{ .hasOwnProperty }} {{ len . }}", data)).toBe(
			"p 1  2",
		);
	});
});
