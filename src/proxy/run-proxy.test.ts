import { describe, expect, it } from "vitest";
import { connectionsThatFit } from "./command.ts";

describe("the limit on open files", () => {
	const limits = (soft: string) =>
		`Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}   4096   files\n`;

	it.each([
		["1024", 480],
		["20000", 9968],
		["10", 1],
		["unlimited", Number.POSITIVE_INFINITY],
	])("of %s leaves room for %d connections", (soft, connections) => {
		expect(connectionsThatFit(limits(soft))).toBe(connections);
	});
});
