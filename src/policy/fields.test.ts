import { describe, expect, it } from "vitest";
import { annotationOrder, fieldOf, fields, flagOrder, inOrder, otherNamesOf } from "./fields.ts";
import { reasons } from "./reason.ts";

describe("the table of a policy's fields", () => {
	it("calls no two by one name", () => {
		const names = fields.flatMap(({ key, field }) => [
			...new Set([key, field.flag, ...(field.alsoCalled ?? [])]),
		]);
		expect(names.length).toBeGreaterThan(fields.length);
		expect(new Set(names).size).toBe(names.length);
		const values = fields.map(({ field }) => field.value);
		expect(new Set(values).size).toBe(values.length);
		const shorts = fields.flatMap(({ field }) => field.short ?? []);
		expect(new Set(shorts).size).toBe(shorts.length);
	});

	it("has every field that an order of its names speaks of", () => {
		expect(flagOrder.filter((flag) => !fields.some(({ field }) => field.flag === flag))).toEqual([]);
		expect(annotationOrder.filter((name) => !fields.some(({ field }) => field.name === name))).toEqual([]);
	});

	it("knows each reason once", () => {
		expect(reasons).toContain("ignore-loopback");
		expect(reasons).toContain("redirect-all-outgoing-to-proxy-port");
		expect(new Set(reasons).size).toBe(reasons.length);
	});

	it("has inbound and outbound fields of one name apart", () => {
		expect(fieldOf("skip-inbound-interfaces").direction).toBe("inbound");
		expect(fieldOf("skip-outbound-interfaces").direction).toBe("outbound");
	});
});

describe("an order", () => {
	it("puts what it does not name last, as it comes", () => {
		expect(inOrder(["x", "b", "y", "a"], ["a", "b"], (name) => name)).toEqual(["a", "b", "x", "y"]);
	});
});

describe("the names of a flag", () => {
	it("are the reference program's, the annotation's and others'", () => {
		expect(otherNamesOf("skip-inbound-subnets")).toEqual([
			"subnets-to-ignore",
			"skip-subnets",
			"skip-inbound-subnets",
			"inbound-subnets-to-ignore",
		]);
		expect(otherNamesOf("proxy-uid")).toEqual(["proxy-uid"]);
		expect(otherNamesOf("iptables-mode")).toEqual(["iptables-mode"]);
	});
});
