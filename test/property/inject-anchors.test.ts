import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { injectTransform } from "../../src/cli/inject/inject-transform.ts";
import { transformDocument } from "../../src/cli/inject/transform.ts";
import { uninjectTransform } from "../../src/cli/inject/uninject-command.ts";
import type { Json, JsonObject } from "../../src/inject/json.ts";
import { parseDocuments } from "../../src/yaml/documents.ts";
import { AnchoredWriter, chooser } from "../support/anchored-yaml.ts";
import { configFrom, plainPod, workloadOf } from "../support/inject-arbitraries.ts";
import { runInject, runUninject } from "../support/inject-manifests.ts";

/** More than this in one go: SHUNT_FUZZ_RUNS=50000. */
const numRuns = Number(process.env["SHUNT_FUZZ_RUNS"] ?? 50);

/** Somewhat repetitive, so that there is something for aliases to stand for. */
const repetitive = workloadOf(plainPod).map(
	(workload): JsonObject => ({ above: repeated(workload), ...workload, below: repeated(workload) }),
);

/** The same parts once more, at a place where nothing is to change. */
function repeated({ spec = null }: JsonObject): Json {
	const text = JSON.stringify(spec);
	return JSON.parse(text);
}

const written = fc.tuple(repetitive, fc.array(fc.nat(59), { maxLength: 300 })).map(([value, choices]) => {
	const writer = new AnchoredWriter(chooser(choices));
	return { value, text: writer.document(value), comments: writer.comments };
});

/** As another reader has it. In what is written here a merge comes first, where all of them agree. */
function read(text: string): Json[] {
	return parseAllDocuments(text, { version: "1.1", merge: true, uniqueKeys: true }).map((document) => {
		expect(document.errors).toEqual([]);
		return document.toJS({ maxAliasCount: -1 });
	});
}

const other = "# other\nkind: Other\nspec: &a0 {<<: {b: 1}, c: [1,\n  2]}\nsame: *a0\n";

const treatments = {
	manual: injectTransform({ manual: true, config: configFrom({}), set: {}, namespaces: new Map() }),
	annotated: injectTransform({ manual: false, config: configFrom({}), set: {}, namespaces: new Map() }),
};

describe("a manifest with anchors, aliases and merges", () => {
	it("is read as it was meant", () => {
		fc.assert(
			fc.property(written, ({ text, value }) => {
				expect(parseDocuments(text, "written")).toEqual({ documents: [{ value }], problems: [] });
			}),
			{ numRuns },
		);
	});

	it.each([
		["--manual", treatments.manual],
		["", treatments.annotated],
	])("says afterwards what it is to say and nothing else: %s", (flag, treatment) => {
		fc.assert(
			fc.property(written, ({ text, value }) => {
				const args = [...(flag === "" ? [] : [flag]), "-"];
				const { status, stdout } = runInject(args, `${other}---\n${text}---\n${other}`);
				expect(status).toBe(0);
				const wanted = transformDocument(value, treatment).value;
				expect(read(stdout)[1]).toEqual(wanted);
				expect(stdout.startsWith(`${other}---\n`)).toBe(true);
				expect(stdout.endsWith(`---\n${other}`)).toBe(true);
			}),
			{ numRuns },
		);
	});

	it("keeps its comments, but where it had to be written anew", () => {
		let anew = 0;
		let runs = 0;
		fc.assert(
			fc.property(written, ({ text, comments }) => {
				const { stdout, stderr } = runInject(["--manual", "-"], text);
				const kept = stdout.match(/# remark \d+/g)?.length ?? 0;
				const isAnew = stderr.includes("written anew");
				runs++;
				anew += isAnew ? 1 : 0;
				expect(isAnew || kept === comments).toBe(true);
			}),
			{ numRuns },
		);
		expect(anew).toBeLessThan(runs / 10);
	});

	it("says the same again when it is uninjected", () => {
		fc.assert(
			fc.property(written, ({ text, value }) => {
				const { stdout } = runUninject(["-"], runInject(["--manual", "-"], text).stdout);
				expect(read(stdout)).toEqual([transformDocument(value, uninjectTransform).value]);
			}),
			{ numRuns },
		);
	});
});
