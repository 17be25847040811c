import { expect, it } from "vitest";
import { formatProblem } from "../domain/problem.ts";
import { parseRequirement } from "./conclusion.ts";

it("a requirement is one of a few words", () => {
	expect(parseRequirement("uid", "--require")).toEqual({ ok: true, value: "uid" });
	const refused = parseRequirement("user", "--require");
	expect(refused.ok ? [] : refused.problems.map(formatProblem)).toEqual([
		expect.stringMatching(/^--require: "user" is not known/),
	]);
});
