import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importArrows, importsOf, readSources } from "./import-graph.ts";

/** Templates' holes are written `#{` here, since a linter sees a mistake in `${` within a string. */
function withHoles(text: string): string {
	return text.replaceAll("#{", "${");
}

describe("importsOf", () => {
	it.each<[what: string, text: string, found: readonly string[]]>([
		["names", 'import { a, b as c } from "./x.ts";', ["./x.ts"]],
		["a name", 'import a from "./x.ts";', ["./x.ts"]],
		["everything", 'import * as a from "./x.ts";', ["./x.ts"]],
		["a name and names", 'import a, { b } from "./x.ts";', ["./x.ts"]],
		["a type", 'import type { A } from "./x.ts";', ["./x.ts"]],
		["a type by itself", 'import type A from "./x.ts";', ["./x.ts"]],
		["a type among names", 'import { type A, b } from "./x.ts";', ["./x.ts"]],
		["an effect", 'import "./x.ts";', ["./x.ts"]],
		["single quotes", "import { a } from './x.ts'", ["./x.ts"]],
		["no spaces", 'import{a}from"./x.ts";import*as b from"./y.ts"', ["./x.ts", "./y.ts"]],
		[
			"many lines",
			'import {\n\ta, // why } from "./no.ts"\n\tb, /* from "./no.ts" */\n} from "./x.ts";',
			["./x.ts"],
		],
		["attributes", 'import a from "./x.json" with { type: "json" };', ["./x.json"]],
		["names called from and type", 'import { from, type as type } from "./x.ts";', ["./x.ts"]],
		["names handed on", 'export { a, type B } from "./x.ts";', ["./x.ts"]],
		["everything handed on", 'export * from "./x.ts";', ["./x.ts"]],
		["everything handed on by a name", 'export * as a from "./x.ts";', ["./x.ts"]],
		[
			"types handed on",
			'export type { A } from "./x.ts";\nexport type * from "./y.ts";',
			["./x.ts", "./y.ts"],
		],
		["a load at run time", 'const { a } = await import("./x.ts");', ["./x.ts"]],
		["a load with a remark", 'void import(/* webpackIgnore: true */ "./x.ts");', ["./x.ts"]],
		["a load of a plain template", "void import(`./x.ts`);", ["./x.ts"]],
		[
			"a load of who knows what",
			"void import(name);\nvoid import(`./#{name}.ts`);",
			["(computed)", "(computed)"],
		],
		[
			"the type of a module",
			'let a: typeof import("./x.ts");\nlet b: import("./y.ts").B;',
			["./x.ts", "./y.ts"],
		],
		["what is in a template's hole", 'const a = `#{(await import("./x.ts")).b} #{{ c: "}" }}`;', ["./x.ts"]],
	])("finds %s", (_, text, found) => {
		expect(importsOf(withHoles(text)).map(({ specifier }) => specifier)).toEqual(found);
	});

	it.each<[what: string, text: string]>([
		["in a comment", '// import "./x.ts";\n/* import "./x.ts";\n * export * from "./x.ts" */'],
		["in a string", `const a = 'import "./x.ts"', b = "import './x.ts'", c = "\\"import './x.ts'";`],
		["in a template", 'const a = `import "./x.ts"; #{1 + 1} export * from "./x.ts"; #{`import("./x.ts")`}`;'],
		["in an expression", `const a = /["'] import "x" [/"]/g, b = [/import("x")/];`],
		["of a method's name", 'host.import("./x.ts"); host?.import("./x.ts");'],
		["of a longer name", 'reimport("./x.ts"); importer("./x.ts"); const $import = ("./x.ts");'],
		["of import.meta", 'createRequire(import.meta.url)("koffi");'],
		[
			"of what is the module's own",
			'export { a };\nexport const from = "./x.ts";\nexport type A = "./x.ts";',
		],
		["of a property", 'const a = { import: "./x.ts", export: "./x.ts" };'],
	])("finds none %s", (_, text) => {
		expect(importsOf(withHoles(text))).toEqual([]);
	});

	it.each<[what: string, before: string]>([
		["an expression with a quotation mark", 'const a = /"/;'],
		["an expression in brackets", "match(/[/`]/u, b);"],
		["an expression that is returned", "return /'/.test(a);"],
		["a division", 'const a = b / 2; const c = "/";'],
		["a division by what is in brackets", "const a = (b) / (c) / d['e'] / f;"],
		["a comment with an apostrophe", "// it's"],
		["nested templates", "const a = `{#{b ? `}#{c}` : '`'}`;"],
	])("reads on behind %s", (_, before) => {
		expect(importsOf(`${withHoles(before)}\nimport "./x.ts";\n`)).toEqual([{ specifier: "./x.ts", line: 2 }]);
	});

	it("tells on which line each begins", () => {
		const text = 'import "./x.ts";\n\nexport {\n\ta,\n} from "./y.ts";\nawait import("./z.ts");\n';
		expect(importsOf(withHoles(text))).toEqual([
			{ specifier: "./x.ts", line: 1 },
			{ specifier: "./y.ts", line: 3 },
			{ specifier: "./z.ts", line: 6 },
		]);
	});
});

describe("importArrows", () => {
	it("follow paths from the file that they stand in", () => {
		const text = 'import "./b.ts";\nimport "../c/d.ts";\nimport "node:fs";\nimport "@scope/package";\n';
		expect(importArrows(new Map([["src/a/a.ts", text]])).map(({ to, line }) => [to, line])).toEqual([
			["src/a/b.ts", 1],
			["src/c/d.ts", 2],
			["node:fs", 3],
			["@scope/package", 4],
		]);
	});
});

describe("readSources", () => {
	it("reads the folder's own files, and no tests", () => {
		const root = mkdtempSync(join(tmpdir(), "sources-"));
		mkdirSync(join(root, "src/deep"), { recursive: true });
		for (const file of ["b.ts", "a.test.ts", "deep/a.ts", "page.css"]) {
			writeFileSync(join(root, "src", file), `// ${file}`);
		}
		const sources = readSources(root, "src");
		rmSync(root, { recursive: true });
		expect([...sources]).toEqual([
			["src/b.ts", "// b.ts"],
			["src/deep/a.ts", "// deep/a.ts"],
		]);
	});
});
