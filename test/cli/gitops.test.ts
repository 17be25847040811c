import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, parseDocument } from "yaml";

/** What a repository of rendered manifests gets: nobody asks a cluster. */
function render(flags: readonly string[]) {
	const run = spawnSync("bin/shunt", ["install", "--ignore-cluster", ...flags], {
		encoding: "utf8",
		timeout: 60_000,
	});
	expect(run.status, run.stderr).toBe(0);
	return run;
}

const provided = ["--set", "injector.tls.source=provided,injector.tls.existingSecret=shunt-injector"];

describe("what is rendered without a cluster", () => {
	it.each([
		["by cert-manager", ["--set", "injector.tls.source=cert-manager"]],
		["from a Secret of somebody else", [...provided, "--set", "injector.tls.injectCaFromSecret=shunt/ca"]],
	])("is the same every time where the certificate is %s", (_, flags) => {
		const [once, again] = [render(flags), render(flags)];
		expect(once.stdout).toBe(again.stdout);
		expect(once.stderr).toBe("");
		// Else what cert-manager writes there would be taken back by whoever applies it.
		expect(once.stdout).toContain("kind: MutatingWebhookConfiguration");
		expect(once.stdout).not.toContain("caBundle");
	});

	it("differs in the certificate alone where it is generated, and that is said", () => {
		const [once, again] = [render([]), render([])];
		expect(once.stdout).not.toBe(again.stdout);
		expect(once.stderr).toContain("injector.tls.source");
		const withoutPem = ({ stdout }: { readonly stdout: string }) =>
			stdout
				.replaceAll(/^(\s*(?:caBundle|ca\.crt|tls\.crt|tls\.key|[\w.]*checksum[\w./-]*)): .*$/gm, "$1")
				.replaceAll(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g, "PEM");
		expect(withoutPem(once)).toBe(withoutPem(again));
	});
});

/** The manifests of docs/gitops.md name values and fields that there are. */
describe("docs/gitops.md", () => {
	const page = readFileSync("docs/gitops.md", "utf8");
	const manifests = [...page.matchAll(/(?:^ {4}.*\n|^\n(?= {4}))+/gm)]
		.map(([block]) => block.replaceAll(/^ {4}/gm, ""))
		.filter((block) => block.includes("apiVersion:"));

	it("has manifests for Argo CD and Flux, and they are YAML", () => {
		expect(manifests).toHaveLength(2);
		for (const manifest of manifests) {
			expect(
				parseAllDocuments(manifest).flatMap((document) => ("errors" in document ? document.errors : [])),
			).toEqual([]);
		}
	});

	it.each(["valuesObject", "values"])("says values in %s that the chart takes", (key) => {
		const found = manifests.flatMap((manifest) => {
			const { spec } = parseDocument(manifest).toJS();
			return [spec.source?.helm?.[key] ?? spec[key]].filter((values) => values !== undefined);
		});
		expect(found).toHaveLength(1);
		const run = spawnSync("bin/shunt", ["install", "--ignore-cluster", "-f", "-"], {
			input: JSON.stringify(found[0]),
			encoding: "utf8",
			timeout: 60_000,
		});
		expect(run.stderr).toBe("");
		expect(run.status).toBe(0);
	});
});
