import { describe, expect, it } from "vitest";
import { importArrows } from "./import-graph.ts";
import type { Table } from "./may-import.ts";
import { findCircles, wallComplaints } from "./walls.ts";

const table: Table = {
	"src/words": { ring: 0, imports: ["small"] },
	"src/host/host.ts": { ring: 1, imports: [] },
	"src/left": { ring: 2, imports: ["src/words", "src/host/host.ts"] },
	"src/right": { ring: 2, imports: ["src/words"] },
	"src/host": { ring: 3, imports: ["src/host/host.ts"] },
	"src/main": { ring: 4, imports: ["src/host", "src/left", "src/right"] },
};

/** A source in which the table is used to the full. */
const whole: Readonly<Record<string, string>> = {
	"src/words/word.ts": 'import "small";',
	"src/host/host.ts": "",
	"src/host/node.ts": 'import "./host.ts";\nimport "node:fs";\nimport "large";',
	"src/left/left.ts": 'import "../words/word.ts";\nimport type { Host } from "../host/host.ts";',
	"src/right/right.ts": 'import "../words/word.ts";',
	"src/main/main.ts": 'import "../host/node.ts";\nimport "../left/left.ts";\nimport "../right/right.ts";',
};

function complaints(files: Readonly<Record<string, string>>, rows: Table = table): string[] {
	const sources = new Map(Object.entries({ ...whole, ...files }));
	return wallComplaints(sources, importArrows(sources), rows);
}

describe("wallComplaints", () => {
	it("are none where each imports what it may", () => {
		expect(complaints({})).toEqual([]);
	});

	it.each<[what: string, file: string, text: string, complaint: string]>([
		[
			"a higher ring",
			"src/words/new.ts",
			'export type { A } from "../left/left.ts";',
			'src/words/new.ts:1: imports "../left/left.ts", which src/words may not: it is of ring 2, and this of ring 0: move what both need down, or take it as a parameter',
		],
		[
			"a neighbour",
			"src/left/new.ts",
			'\nimport "../right/right.ts";',
			'src/left/new.ts:2: imports "../right/right.ts", which src/left may not: if the two belong together, add src/right to its row in test/repository/may-import.ts, else move what both need to a lower ring',
		],
		[
			"a lower ring that its row does not name",
			"src/right/new.ts",
			'const later = () => import("../host/host.ts");',
			'src/right/new.ts:1: imports "../host/host.ts", which src/right may not: if the two belong together, add src/host/host.ts to its row in test/repository/may-import.ts, else move what both need to a lower ring',
		],
		[
			"an implementation of the host",
			"src/left/new.ts",
			'import "../host/node.ts";',
			'src/left/new.ts:1: imports "../host/node.ts", which src/left may not: take a Host as a parameter, whose type is in src/host/host.ts, never an implementation of it',
		],
		[
			"an entry point",
			"src/host/new.ts",
			'import "../main/main.ts";',
			'src/host/new.ts:1: imports "../main/main.ts", which src/host may not: main is wiring, and nothing imports it: move what is needed to the room that it is about',
		],
		[
			"the platform",
			"src/left/new.ts",
			'import { readFileSync } from "node:fs";',
			'src/left/new.ts:1: imports "node:fs", which src/left may not: ring 2 runs without a platform: reach the outside world through the Host port, src/host/host.ts',
		],
		[
			"a package",
			"src/left/new.ts",
			'import type { A } from "large";',
			'src/left/new.ts:1: imports "large", which src/left may not: ring 2 runs without packages but those that its row in test/repository/may-import.ts names, with a line in docs/dependencies.md',
		],
		[
			"a test's helper",
			"src/host/new.ts",
			'import "../../test/support/helper.ts";',
			'src/host/new.ts:1: imports "../../test/support/helper.ts", which src/host may not: the source imports nothing from outside src',
		],
		[
			"who knows what",
			"src/host/new.ts",
			"import(name);",
			'src/host/new.ts:1: imports "(computed)", which src/host may not: write the path out, so that it can be judged',
		],
	])("name an import of %s", (_, file, text, complaint) => {
		expect(complaints({ [file]: text })).toEqual([complaint]);
	});

	it("name every import that may not be", () => {
		const text = 'import "../left/left.ts";\nimport "node:fs";\nimport "../right/right.ts";\n';
		expect(complaints({ "src/words/new.ts": text }).map((line) => line.split(",")[0])).toEqual([
			'src/words/new.ts:1: imports "../left/left.ts"',
			'src/words/new.ts:2: imports "node:fs"',
			'src/words/new.ts:3: imports "../right/right.ts"',
		]);
	});

	it("let everybody import from their own folder", () => {
		expect(complaints({ "src/words/new.ts": 'import "./word.ts";' })).toEqual([]);
	});

	it.each(["src/new/a.ts", "src/left/inner/a.ts"])("name a folder that nobody knows: of %s", (file) => {
		const folder = file.slice(0, -"/a.ts".length);
		expect(complaints({ [file]: "" })).toEqual([
			`${file}: its folder ${folder} is in no row of test/repository/may-import.ts: add one, with its ring and what it may import`,
		]);
	});

	it("name a row without source", () => {
		expect(complaints({}, { ...table, "src/gone": { ring: 2, imports: ["src/words"] } })).toEqual([
			"test/repository/may-import.ts: src/gone has a row and no source: remove the row",
		]);
	});

	it("name what a row allows and nobody does any more", () => {
		expect(complaints({ "src/right/right.ts": "", "src/words/word.ts": "" })).toEqual([
			"test/repository/may-import.ts: src/words imports nothing from small any more: take that from its row",
			"test/repository/may-import.ts: src/right imports nothing from src/words any more: take that from its row",
		]);
	});

	it("name a row that allows what its ring may not", () => {
		const climbing: Table = { ...table, "src/right": { ring: 2, imports: ["src/words", "src/host"] } };
		expect(complaints({ "src/right/new.ts": 'import "../host/node.ts";' }, climbing)).toEqual([
			"test/repository/may-import.ts: src/right is of ring 2 and may not import src/host, of ring 3",
		]);
	});
});

describe("findCircles", () => {
	function circles(files: Readonly<Record<string, string>>) {
		const sources = new Map(Object.entries(files));
		return findCircles(sources, importArrows(sources));
	}

	it("finds none in what branches and joins", () => {
		const files = { "a.ts": 'import "./b.ts";import "./c.ts";', "b.ts": 'import "./c.ts";', "c.ts": "" };
		expect(circles(files)).toEqual([]);
	});

	it.each([
		["values", 'import "./a.ts";'],
		["types", 'import type { A } from "./a.ts";'],
		["what is loaded later", 'const later = () => import("./a.ts");'],
		["what is handed on", 'export * from "./a.ts";'],
	])("finds one of %s", (_, back) => {
		expect(circles({ "a.ts": '\nimport "./b.ts";', "b.ts": back })).toEqual([
			{
				files: ["a.ts", "b.ts"],
				text: "a.ts:2 → b.ts:1 → a.ts: a circle of imports: move what two of them need into one file that imports neither",
			},
		]);
	});

	it("finds a file that imports itself", () => {
		expect(circles({ "a.ts": 'import "./a.ts";' }).map(({ files }) => files)).toEqual([["a.ts"]]);
	});

	it("finds each, and says the shortest way round", () => {
		const found = circles({
			"a.ts": 'import "./b.ts";',
			"b.ts": 'import "./c.ts";\nimport "./d.ts";',
			"c.ts": 'import "./d.ts";',
			"d.ts": 'import "./a.ts";',
			"x.ts": 'import "./a.ts";\nimport "./y.ts";',
			"y.ts": 'import "./x.ts";',
		});
		expect(found.map(({ files }) => files)).toEqual([
			["a.ts", "b.ts", "c.ts", "d.ts"],
			["x.ts", "y.ts"],
		]);
		expect(found[0]?.text).toMatch(/^a\.ts:1 → b\.ts:2 → d\.ts:1 → a\.ts: /);
	});
});
