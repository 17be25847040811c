import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { mostSimilar } from "../../domain/similar.ts";
import { validatorOf } from "./validate-values.ts";

const chart = new URL("../../../charts/shunt/", import.meta.url);
const schema = readFileSync(new URL("values.schema.json", chart), "utf8");
const defaults = () => parse(readFileSync(new URL("values.yaml", chart), "utf8"));

/** The chart's own values with one of them changed. */
function changed(path: string, value: unknown) {
	const values = defaults();
	const keys = path.split(".");
	const last = keys.pop() ?? "";
	const section = keys.reduce((object, key) => object[key], values);
	if (value === undefined) {
		delete section[last];
	} else {
		section[last] = value;
	}
	return values;
}

const validate = await validatorOf(schema);

const modes = "legacy, iptables, nft, plain, nftables, auto";

describe("validatorOf", () => {
	it("has nothing against the chart's own values", () => {
		expect(validate(defaults())).toEqual([]);
	});

	it("takes the whole numbers of --set for numbers", () => {
		expect(validate(changed("proxy.uid", 2103n))).toEqual([]);
	});

	it.each([
		[
			"a wrong word",
			"proxyInit.iptablesMode",
			"nftt",
			`proxyInit.iptablesMode: "nftt" is not known (want one of ${modes})`,
		],
		["text for a switch", "cniEnabled", "yes", 'cniEnabled: "yes" is text (want true or false)'],
		["text for a section", "proxy", "envoy", 'proxy: "envoy" is text (want keys with values below it)'],
		[
			"a switch for text",
			"proxy.readinessPath",
			true,
			'proxy.readinessPath: "true" is a truth value to YAML (want text in quotes)',
		],
		[
			"a number that no double holds",
			"injector.podAnnotations",
			{ build: 9007199254740993n },
			'injector.podAnnotations.build: "9007199254740993" is a number to YAML (want text in quotes)',
		],
		[
			"a fraction",
			"proxy.ports.inbound",
			4143.5,
			'proxy.ports.inbound: "4143.5" is a number (want a whole number or text)',
		],
		[
			"a section for a list",
			"imagePullSecrets",
			{ name: "x" },
			'imagePullSecrets: "{\\"name\\":\\"x\\"}" is a section (want a list)',
		],
		[
			"an item without its name",
			"proxy.env",
			[{ value: "x" }],
			"proxy.env[0].name: is missing (want a value; a null takes the chart's own away)",
		],
		[
			"a key with dots",
			"injector.nodeSelector",
			{ "kubernetes.io/os": true },
			'injector.nodeSelector["kubernetes.io/os"]: "true" is a truth value to YAML (want text in quotes)',
		],
		["a list for a text", "imageRegistry", ["a"], 'imageRegistry: "[\\"a\\"]" is a list (want text)'],
		[
			"nothing for a section",
			"networkValidator",
			null,
			'networkValidator: "null" is nothing (want keys with values below it)',
		],
		[
			"a section that is gone",
			"injector.webhook",
			undefined,
			"injector.webhook: is missing (want a value; a null takes the chart's own away)",
		],
		[
			"an issuer without a name",
			"injector.tls.issuerRef",
			{ kind: "Issuer" },
			"injector.tls.issuerRef.name: is missing (want a value; a null takes the chart's own away)",
		],
		[
			"a negative number",
			"injector.podDisruptionBudget.maxUnavailable",
			-1,
			'injector.podDisruptionBudget.maxUnavailable: "-1" is too small (want at least 0)',
		],
		[
			"an empty name",
			"imagePullSecrets",
			[{ name: "" }],
			'imagePullSecrets[0].name: "" is empty (want text)',
		],
		[
			"a time without a unit",
			"podMonitor.scrapeInterval",
			"10",
			'podMonitor.scrapeInterval: "10" has the wrong form (want text of the form ^[0-9]+(ms|s|m|h)$)',
		],
	])("says of %s what is wrong and what is right", (_, path, value, sentence) => {
		expect(validate(changed(path, value))).toEqual([sentence]);
	});

	it("finds the key that a misspelt one stands for", () => {
		const [sentence] = validate(changed("proxyInit.iptableMode", "nft"));
		expect(sentence).toMatch(
			/^proxyInit\.iptableMode: is not a key of this chart \(want iptablesMode, or below proxyInit one of iptablesMode, tools, image, /,
		);
	});

	it("lists the keys where nothing is similar, at the top too", () => {
		const [sentence] = validate(changed("whatever", "nft"));
		expect(sentence).toMatch(/^whatever: is not a key of this chart \(want one of installNamespace, /);
	});

	it("reports every mistake", () => {
		const values = changed("cniEnabled", "yes");
		values.proxy.kind = "haproxy";
		values.proxy.portz = {};
		expect(validate(values)).toHaveLength(3);
	});

	it("speaks of keywords that it has no words for in the library's", async () => {
		const validateFew = await validatorOf('{"maxItems": 1}');
		expect(validateFew([1, 2])).toEqual([': "[1,2]" must NOT have more than 1 items (want maxItems)']);
	});
});

describe("mostSimilar", () => {
	it.each([
		["iptableMode", "iptablesMode"],
		["IPTABLESMODE", "iptablesMode"],
		["inbuond", "inbound"],
		["x", undefined],
		["something", undefined],
	])("%s → %s", (word, found) => {
		expect(mostSimilar(word, ["inbound", "iptablesMode", "image"])).toBe(found);
	});
});
