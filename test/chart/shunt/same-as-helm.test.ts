import { describe, expect, it } from "vitest";
import { renderWithHelm } from "../support/helm.ts";
import { flagsOf, renderWithOurs } from "../support/ours.ts";
import { type Given, tlsGiven, withGiven } from "./support/chart-files.ts";
import { given } from "./support/given.ts";
import { sampleGiven } from "./support/random-given.ts";
import { cliPort } from "./support/rendered.ts";

/** Everything but what is generated is the same to the byte, so a certificate is given wherever one would be made. */
function withCertificate({ values = {}, ...rest }: Given): Given {
	const { injector = {}, ...others } = values as { injector?: { tls?: object } };
	const flags = [...(rest.set ?? [])].join();
	const tls = injector.tls ?? (flags.includes("injector.tls.source") ? undefined : tlsGiven);
	return { ...rest, values: { ...others, injector: { ...injector, ...(tls === undefined ? {} : { tls }) } } };
}

function expectSame(one: Given): void {
	const { files, sources } = withGiven(withCertificate(one));
	const helm = renderWithHelm(files, flagsOf(sources));
	expect(helm.ok ? "" : helm.error).toBe("");
	expect(renderWithOurs(files, sources, {}, cliPort)).toEqual(helm);
}

describe("the chart as Helm renders it and as we do", () => {
	it("is tried with many values", () => {
		expect(given.length).toBeGreaterThan(120);
		expect(new Set(given.map(({ name }) => name)).size).toBe(given.length);
	});

	it.each(given.map((one) => [one.name, one] as const))("%s", (_, one) => expectSame(one));

	it.each(sampleGiven(40).map((one, index) => [index, one] as const))("values by chance, %i", (_, one) =>
		expectSame(one),
	);
});
