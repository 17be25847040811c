import { describe, expect, it } from "vitest";
import { type Files, renderWithHelm } from "../support/helm.ts";
import { renderWithOurs } from "../support/ours.ts";
import { describeTextsWithoutQuotes } from "../support/unquoted-texts.ts";
import { chartFiles, chartFolder } from "./support/chart-files.ts";
import { cliPort, objectsOf } from "./support/rendered.ts";

describeTextsWithoutQuotes({
	folder: chartFolder,
	files: chartFiles,
	port: cliPort,
	known: [
		"imageRegistry",
		"proxy.image.version",
		"proxy.logLevel",
		"proxy.env[0].value",
		"injector.podLabels.key",
		"injector.nodeSelector.key",
		"injector.tolerations[0].value",
		"injector.webhook.namespaceExpressions[0].values[0]",
		"injector.topologySpreadConstraints[0].labelSelector.matchLabels.key",
		"proxyInit.skipSubnets",
		"proxyInit.skipSubnets[0]",
		"networkValidator.securityContext.seLinuxOptions.level",
		"podMonitor.scrapeInterval",
	],
	least: 80,
});

describe("a text with or without quotes", () => {
	it.each(["2026-01-01", "2026-01-01T00:00:00Z", "1:30", "1.0.0", "v1", "1e3x", "Null_"])(
		"%s is a text, and stays as it is",
		(scalar) => {
			const yaml = `injector: {podAnnotations: {a: ${scalar}}, nodeSelector: {b: ${scalar}}}\n`;
			const files: Files = { ...chartFiles, "unquoted.yaml": yaml };
			const helm = renderWithHelm(files, [
				"-f",
				"unquoted.yaml",
				"--show-only",
				"templates/injector/deployment.yaml",
			]);
			const ours = renderWithOurs(files, { files: ["unquoted.yaml"] }, cliPort);
			for (const rendered of [helm, ours]) {
				expect(rendered.ok && parseText(rendered.text)).toContain(scalar);
			}
		},
	);

	it.each([
		[["--set", "proxy.image.version=1.0"], "shunt/shunt:1.0"],
		[["--set", "proxy.image.version=0123456"], "shunt/shunt:0123456"],
		[["--set", "proxy.image.version=1e3"], "shunt/shunt:1e3"],
		[["--set", "proxy.image.version=20260101"], "shunt/shunt:20260101"],
		[["--set-string", "proxy.image.version=20260101"], "shunt/shunt:20260101"],
		[["--set-json", 'proxy.image.version="1.0"'], "shunt/shunt:1.0"],
	])("keeps its text with %j", ([flag = "", value = ""], image) => {
		const key =
			({ "--set": "set", "--set-string": "setString", "--set-json": "setJson" } as const)[flag] ?? "set";
		const helm = renderWithHelm(chartFiles, [flag, value]);
		const ours = renderWithOurs(chartFiles, { [key]: [value] }, cliPort);
		expect(helm.ok && helm.text).toContain(`image: "${image}"`);
		expect(ours.ok && ours.text).toContain(`image: "${image}"`);
	});
});

/** All texts of a rendered manifest, one a line. */
function parseText(text: string): string[] {
	const found: string[] = [];
	JSON.stringify(objectsOf(text), (_, value) => {
		found.push(String(value));
		return value;
	});
	return found;
}
