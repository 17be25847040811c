import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import type { JsonObject } from "../../src/inject/json.ts";
import { plainPod, pod, workloadOf } from "../support/inject-arbitraries.ts";
import { type Finished, runInject, runUninject } from "../support/inject-manifests.ts";
import { schemaProblems } from "../support/inject-schema.ts";

/** Ways in which people and programs write the same thing. */
const style = fc.record({
	indent: fc.constantFrom(2, 4),
	indentSeq: fc.boolean(),
	collectionStyle: fc.constantFrom("any" as const, "any" as const, "flow" as const),
	eol: fc.constantFrom("\n", "\r\n"),
	lastEol: fc.boolean(),
	comments: fc.boolean(),
	json: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
});
type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;

function write(documents: readonly JsonObject[], asked: Style): string {
	const text =
		asked.json > 0 && documents.length === 1
			? `${JSON.stringify(documents[0], null, [undefined, 2, "\t"][asked.json - 1])}\n`
			: documents.map((document) => writeYaml(document, asked)).join("---\n");
	const ended = asked.lastEol ? text : text.replace(/\n+$/, "");
	return ended.replaceAll("\n", asked.eol);
}

function writeYaml(document: JsonObject, { indent, indentSeq, collectionStyle, comments }: Style): string {
	const text = stringify(document, {
		version: "1.1",
		indent,
		indentSeq,
		collectionStyle,
		aliasDuplicateObjects: false,
	});
	// Not inside texts of several lines, where it would be part of them.
	return comments && !text.includes("|") && !text.includes(">")
		? text.replace(/^( *)(containers|spec|- name.*|metadata):?$/gm, "$1# about $2\n$&   # and more")
		: text;
}

const service: JsonObject = {
	apiVersion: "v1",
	kind: "Service",
	metadata: { name: "s" },
	spec: { ports: [{ port: 80 }] },
};

const manifest = (of: fc.Arbitrary<JsonObject>) =>
	fc
		.tuple(fc.array(fc.oneof(workloadOf(of), fc.constant(service)), { minLength: 1, maxLength: 3 }), style)
		.map(([documents, asked]) => ({ documents, text: write(documents, asked) }));

function done({ status, stdout, stderr }: Finished): string {
	expect([status, stderr]).toEqual([0, expect.any(String)]);
	return stdout;
}

const flags = ["--manual", "--native-sidecar", "false", "--skip-outbound-ports", "+25"];

describe("a manifest", () => {
	it("that is injected and uninjected is what it was, byte for byte", () => {
		fc.assert(
			fc.property(manifest(pod), ({ text }) => {
				expect(done(runUninject(["-"], done(runInject(["--manual", "-"], text))))).toBe(text);
			}),
			{ numRuns: 120 },
		);
	});

	it("whose settings flags add is what it was as well", () => {
		fc.assert(
			fc.property(manifest(plainPod), ({ text }) => {
				expect(done(runUninject(["-"], done(runInject([...flags, "-"], text))))).toBe(text);
			}),
			{ numRuns: 80 },
		);
	});

	it("whose settings flags replace says again what it said", () => {
		fc.assert(
			fc.property(manifest(pod), ({ text, documents }) => {
				const back = done(runUninject(["-"], done(runInject([...flags, "-"], text))));
				expect(parseAllDocuments(back, { version: "1.1" }).map((document) => document.toJS())).toEqual(
					documents,
				);
			}),
			{ numRuns: 80 },
		);
	});

	it("that is annotated and uninjected is what it was, byte for byte", () => {
		fc.assert(
			fc.property(manifest(plainPod), ({ text }) => {
				expect(done(runUninject(["-"], done(runInject(["-"], text))))).toBe(text);
			}),
			{ numRuns: 120 },
		);
	});

	it("that is injected twice is the same as after once, byte for byte", () => {
		fc.assert(
			fc.property(manifest(pod), fc.constantFrom(["--manual"], flags, []), ({ text }, args) => {
				const once = done(runInject([...args, "-"], text));
				expect(done(runInject([...args, "-"], once))).toBe(once);
			}),
			{ numRuns: 80 },
		);
	});

	it("keeps every comment and every document that is none of ours", () => {
		fc.assert(
			fc.property(manifest(pod), ({ text, documents }) => {
				const made = done(runInject(["--manual", "-"], text));
				const commentsOf = (of: string) => of.match(/# (?:about|and more).*/g)?.length ?? 0;
				expect(commentsOf(made)).toBe(commentsOf(text));
				expect(parseAllDocuments(made).length).toBe(documents.length);
			}),
			{ numRuns: 80 },
		);
	});

	it("says the same as JSON and as YAML, and both are valid to Kubernetes", () => {
		fc.assert(
			fc.property(manifest(plainPod), ({ text }) => {
				const asJson = done(runInject(["--manual", "-o", "json", "-"], text));
				const asIs = done(runInject(["--manual", "-"], text));
				const values = (of: string) =>
					parseAllDocuments(of, { version: "1.1" })
						.map((document) => document.toJS())
						.flatMap((value) => (value.kind === "List" ? value.items : [value]));
				expect(values(asJson)).toEqual(values(asIs));
				const known = schemaProblems(parseAllDocuments(text, { version: "1.1" })[0]?.toJS() ?? null);
				expect(schemaProblems(values(asIs)[0])).toEqual(known);
			}),
			{ numRuns: 60 },
		);
	});
});

describe("any text at all", () => {
	/** More than this in one go: SHUNT_FUZZ_RUNS=50000. */
	const numRuns = Number(process.env["SHUNT_FUZZ_RUNS"] ?? 1000);

	function answered(text: string): void {
		const { status, stdout, stderr } = runInject(["--manual", "-"], text);
		expect([0, 64]).toContain(status);
		expect(status === 64 && stdout !== "").toBe(false);
		if (status === 0 && !stderr.includes("injected")) {
			// Behind the end of a document it may have got a marker.
			const markers = /^\ufeff?\.\.\./m.test(text) ? /^---\r?\n/gm : /(?!)/g;
			expect(stdout.replace(markers, "")).toBe(text.replace(markers, ""));
			expect(runInject(["--manual", "-"], stdout).stdout).toBe(stdout);
		}
	}

	it("comes out again, is injected, or is refused", () => {
		const pieces = fc
			.array(
				fc.constantFrom(
					...[
						"a: b\n",
						"- c\n",
						"---\n",
						"kind: Pod\n",
						"apiVersion: v1\n",
						"spec:\n",
						"  containers: [{}]\n",
					],
					...[
						"{",
						"]",
						"&x ",
						"*x\n",
						"<<: ",
						"#",
						"\t",
						"|\n",
						"!!set ",
						"%YAML 1.1\n",
						"\ufeff",
						"\0",
						"? ",
						": ",
						"...\n",
						"%TAG ! tag:x,1:\n",
						"\r\n",
						"'",
						'"',
						">-\n",
						"!!binary ",
						"!custom ",
						"{<<: *x}\n",
						"metadata: &x\n",
						"  annotations: *x\n",
						"  1: 2\n",
						"99999999999999999999",
						"items:\n- ",
						"kind: List\n",
					],
				),
			)
			.map((parts) => parts.join(""));
		fc.assert(fc.property(fc.oneof(pieces, fc.string()), answered), { numRuns });
	});

	it("is answered where it is a manifest with bytes flipped, gone or doubled", () => {
		const folder = new URL("../golden/inject/", import.meta.url);
		const inputs = readdirSync(folder)
			.filter((name) => name.endsWith(".input.yml"))
			.map((name) => readFileSync(new URL(name, folder)));
		const mutation = fc.record({ at: fc.nat(), kind: fc.nat(3), byte: fc.nat(255), length: fc.nat(40) });
		fc.assert(
			fc.property(
				fc.constantFrom(...inputs),
				fc.array(mutation, { minLength: 1, maxLength: 6 }),
				(input, mutations) => {
					answered(mutations.reduce(mutate, input).toString("utf8"));
				},
			),
			{ numRuns },
		);
	});
});

function mutate(
	input: Buffer,
	{ at, kind, byte, length }: { at: number; kind: number; byte: number; length: number },
): Buffer {
	const start = input.length === 0 ? 0 : at % input.length;
	const [before, piece, after] = [
		input.subarray(0, start),
		input.subarray(start, start + length),
		input.subarray(start + length),
	];
	switch (kind) {
		case 0:
			return Buffer.concat([before, Buffer.from([byte]), piece.subarray(1), after]);
		case 1:
			return Buffer.concat([before, after]);
		case 2:
			return Buffer.concat([before, piece, piece, after]);
		default:
			return Buffer.concat([after, piece, before]);
	}
}
