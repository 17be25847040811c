import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ValueSources } from "../../src/chart/index.ts";
import { type HelmVersion, helmVersions, renderWithHelm } from "./support/helm.ts";
import { meaningOf } from "./support/objects.ts";
import { flagsOf, renderWithOurs } from "./support/ours.ts";
import { chartYaml } from "./support/snippets.ts";

const files = {
	"Chart.yaml": chartYaml,
	"values.yaml":
		"nest: {k: 1, deep: {j: 2, i: null}, n: null}\narr: [1, {q: w}, 3]\ns: str\nemp: {}\nnul: null\nkeep: {x: 1}\n",
	"a.yaml": "nest: {k: null, deep: {j: {z: 1}}, new: null}\narr: []\ns: null\nkeep: null\nextra: {y: 1.0}\n",
	"b.yaml": "nest: {deep: null}\nkeep: {x: {y: 2}}\nextra: {y: null, z: [1]}\n",
	"empty.yaml": "# nothing\n",
	"f.txt": "text of a file\n",
	"templates/all.yaml":
		"kind: ConfigMap\ndata:\n  a: {{ .Values | toJson | quote }}\n  b: {{ .Values | toString | quote }}\n",
};

/** Nulls among a chart's own values, which ours does without, Helm 4 drops, and Helm 3 and we do not. */
const filesWithoutNulls = {
	...files,
	"values.yaml": "nest: {k: 1, deep: {j: 2}}\narr: [1, {q: w}, 3]\ns: str\nemp: {}\nkeep: {x: 1}\n",
};

function expectSame(sources: ValueSources, version: HelmVersion = 3): void {
	const chart = version === 3 ? files : filesWithoutNulls;
	const helm = renderWithHelm(chart, flagsOf(sources), version);
	const ours = renderWithOurs(chart, sources);
	expect({ sources, ok: ours.ok, objects: ours.ok && meaningOf(ours) }).toEqual({
		sources,
		ok: helm.ok,
		objects: helm.ok && meaningOf(helm),
	});
}

const key = fc.constantFrom(
	..."a b a.b a.b.c l[0] l[1] l[2].x l[0][1] m\\.n nest.k nest.deep.j nest.n arr[0] arr[1].q arr[3] x.y.z.0 keep keep.x nul q\\[0\\] arr".split(
		" ",
	),
);
const value = fc.constantFrom(
	..."1|x|true|FALSE|null|0|007|1.5|1e3|-5|9223372036854775807|9223372036854775808|{a,b}|{1,true,null}|{}||a\\,b|a\\\\b| sp |a=b|1 |é😀|1_0".split(
		"|",
	),
);
const odd = fc.constantFrom(
	..."a..b|=1|a.=x|a.|[0]=1|l[|l[x]=1|l[-1]=2|l[0]x=1|l[70000]=1|a|a=|a=1,|a={a|a={a}b|a={a,{b}}|a\\|a=\\|s.t=1|l[0].=1|,".split(
		"|",
	),
);
const json = fc.constantFrom(
	"[1,2]",
	'{"p":1}',
	'"str"',
	"null",
	"",
	" 5 ",
	"true",
	"1e6",
	'{"p":[1,null,"q"]}',
	"{",
	"x",
	"1,b=2",
);
const path = fc.constantFrom("f.txt", "f.txt", "{f.txt}", "nope");
const expression = fc.oneof(
	{ weight: 1, arbitrary: odd },
	{
		weight: 5,
		arbitrary: fc
			.array(fc.tuple(key, value), { minLength: 1, maxLength: 2 })
			.map((parts) => parts.map((part) => part.join("=")).join(",")),
	},
);
const pair = (right: fc.Arbitrary<string>): fc.Arbitrary<string> =>
	fc.tuple(key, right).map((parts) => parts.join("="));
const few = { maxLength: 2 };

describe("values from files and flags", () => {
	it("merge as in Helm, for random flags", () => {
		const sources = fc.record({
			files: fc.subarray(["a.yaml", "b.yaml", "empty.yaml"]),
			set: fc.array(expression, few),
			setString: fc.array(expression, { maxLength: 1 }),
			setJson: fc.array(pair(json), { maxLength: 1 }),
			setFile: fc.array(pair(path), { maxLength: 1 }),
		});
		for (const sample of fc.sample(sources, { numRuns: 120, seed: 11 })) {
			expectSame(sample);
		}
	});

	it("are told apart in every odd spelling", () => {
		for (const set of fc.sample(odd, { numRuns: 60, seed: 5 })) {
			expectSame({ set: [set] });
		}
	});

	it.each([
		{ files: ["a.yaml"] },
		{ files: ["a.yaml", "b.yaml"] },
		{ files: ["b.yaml", "a.yaml"], set: ["nest.deep.j=null"] },
		{ set: ["nest=null"] },
		{ set: ["nest.deep.j=null", "nest.n=1"] },
		{ setJson: ["nest=null"], setString: ["nest.k=null"] },
		{ set: ["a=1"], setJson: ["a=2"], setString: ["a=3"], files: ["a.yaml"] },
		{ files: ["nope.yaml"] },
	])("%j", (sources) => {
		for (const version of helmVersions) {
			expectSame(sources, version);
		}
	});
});
