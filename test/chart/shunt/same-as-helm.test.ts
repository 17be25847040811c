import { describe, expect, it } from "vitest";
import { type HelmVersion, helmVersions, renderWithHelm } from "../support/helm.ts";
import { meaningOf } from "../support/objects.ts";
import { flagsOf, renderWithOurs } from "../support/ours.ts";
import { type Given, withCertificate, withGiven } from "./support/chart-files.ts";
import { given } from "./support/given.ts";
import { sampleOdd } from "./support/odd-given.ts";
import { sampleGiven } from "./support/random-given.ts";
import { cliPort } from "./support/rendered.ts";

/** Certificates aside: one is given wherever it would be generated. */
function expectSame(one: Given, version: HelmVersion = 3): void {
	const { files, sources } = withGiven(withCertificate(one));
	const helm = renderWithHelm(files, flagsOf(sources), version);
	expect(helm.ok ? "" : helm.error).toBe("");
	const [own, theirs] = [renderWithOurs(files, sources, cliPort), helm].map((rendered) =>
		version === 3 ? meaningOf(rendered) : webhooksApart(meaningOf(rendered)),
	);
	expect(own).toEqual(theirs);
}

/** Helm 4 installs them before the kinds that it does not know, Helm 3 and we among these. */
function webhooksApart(objects: unknown): unknown[] {
	const all = Array.isArray(objects) ? objects : [objects];
	const isWebhook = (object: unknown) =>
		JSON.stringify(object).includes('"kind":"MutatingWebhookConfiguration"');
	return [all.filter((object) => !isWebhook(object)), all.filter(isWebhook)];
}

describe("the chart as Helm renders it and as we do", () => {
	it("is tried with many values", () => {
		expect(given.length).toBeGreaterThan(120);
		expect(new Set(given.map(({ name }) => name)).size).toBe(given.length);
	});

	describe.each(helmVersions)("Helm %i", (version) => {
		it.each(given.map((one) => [one.name, one] as const))("%s", (_, one) => expectSame(one, version));
	});

	it.each(sampleGiven(40).map((one, index) => [index, one] as const))("values by chance, %i", (_, one) =>
		expectSame(one),
	);

	it.each(sampleOdd(60).map((one, index) => [index, one] as const))(
		"values that do not belong there, %i: both render them alike, or both say what is wrong",
		(_, one) => {
			const { files, sources } = withGiven(withCertificate(one));
			const helm = renderWithHelm(files, flagsOf(sources));
			const ours = renderWithOurs(files, sources, cliPort);
			if (helm.ok) {
				expect(meaningOf(ours)).toEqual(meaningOf(helm));
				return;
			}
			// Neither a template that fell over it, nor a manifest that is no YAML.
			expect(helm.error).toMatch(/^Error: (values don't meet the specifications|execution error at)/m);
			expect(ours.ok ? "" : ours.error).toMatch(/values don't meet the specifications| \(want /);
		},
	);
});
