import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDocuments } from "../../../src/yaml/documents.ts";
import { type Finished, runInject, runUninject } from "../../support/inject-manifests.ts";
import { schemaProblems } from "../../support/inject-schema.ts";

/**
 * What becomes of manifests as they are found in the world: NAME.input.yml gives NAME.golden.yml and, on standard
 * error, NAME.report; a release's values stand in NAME.values.yml. `UPDATE_GOLDEN=1` writes the results anew.
 */
const folder = new URL("./", import.meta.url);
const names = readdirSync(folder).flatMap((file) => (file.endsWith(".input.yml") ? [file.replace(".input.yml", "")] : []));

/** Arguments, where they are not `--manual` alone. */
const special: Readonly<Record<string, readonly string[]>> = {
	annotate: [],
	"annotate-with-settings": ["--skip-inbound-ports", "+25", "--proxy-memory-limit", "64Mi"],
	"as-json": ["--manual", "-o", "json"],
	"several-as-json": ["--manual", "-o", "json"],
	"json-as-yaml": ["--manual", "-o", "yaml"],
	"with-flags": [
		"--manual",
		...["--skip-inbound-ports", "25"],
		...["--skip-outbound-ports", "+3306"],
		...["--native-sidecar", "false"],
		...["--proxy-uid", "3000"],
	],
};
const uninjected = ["linkerd-uninjected", "linkerd-cni-uninjected"];

function read(name: string): string {
	return readFileSync(new URL(name, folder), "utf8");
}

function run(name: string): Finished {
	const input = read(`${name}.input.yml`);
	return uninjected.includes(name) ? runUninject(["-"], input) : inject(name, input);
}

function inject(name: string, input: string): Finished {
	const values = `${name}.values.yml`;
	const hasValues = existsSync(new URL(values, folder));
	const args = [...(special[name] ?? ["--manual"]), ...(hasValues ? ["--config", "values.yml"] : []), "-"];
	return runInject(args, input, hasValues ? { "values.yml": read(values) } : {});
}

function valuesOf(text: string) {
	return parseDocuments(text, "golden").documents.map(({ value }) => value);
}

describe.each(names)("%s", (name) => {
	it("comes out as written down, with its report", () => {
		const { status, stdout, stderr } = run(name);
		const report = `${stderr}\nexit status ${status}\n`;
		if (process.env["UPDATE_GOLDEN"] === "1") {
			writeFileSync(new URL(`${name}.golden.yml`, folder), stdout);
			writeFileSync(new URL(`${name}.report`, folder), report);
		}
		expect(stdout).toBe(read(`${name}.golden.yml`));
		expect(report).toBe(read(`${name}.report`));
	});

	it("is valid to Kubernetes if it was before", () => {
		const before = valuesOf(read(`${name}.input.yml`)).flatMap(schemaProblems);
		const after = valuesOf(run(name).stdout).flatMap(schemaProblems);
		expect(after.filter((problem) => !before.includes(problem))).toEqual([]);
	});

	it("is the same when it is done again", () => {
		const { stdout } = run(name);
		const again = uninjected.includes(name) ? runUninject(["-"], stdout) : inject(name, stdout);
		expect([again.stdout, again.status]).toEqual([stdout, 0]);
	});
});

/** Their input carries what uninjection would take out as well, or is written in another format. */
const oneWay = [
	...uninjected,
	"linkerd-injected",
	"annotate",
	"annotate-with-settings",
	"upgraded",
	"as-json",
	"several-as-json",
	"json-as-yaml",
	"aliases",
	"refused",
	"inherited-settings",
];

describe.each(names.filter((name) => !oneWay.includes(name)))("%s, injected and uninjected", (name) => {
	it("is what it was, byte for byte", () => {
		expect(runUninject(["-"], run(name).stdout).stdout).toBe(read(`${name}.input.yml`));
	});
});

describe("the golden files", () => {
	it("have an input each, and there are plenty", () => {
		const inputs = readdirSync(folder).flatMap((file) => /^(.*)\.(?:golden\.yml|report|values\.yml)$/.exec(file)?.[1] ?? []);
		expect(inputs.filter((name) => !names.includes(name))).toEqual([]);
		expect(names.length).toBeGreaterThan(35);
	});
});
