import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { dialects } from "../../src/domain/mode.ts";
import { type Causes, type MissingModules, missingModules } from "../support/missing-modules.ts";

const page = "docs/kernels.md";
const head = "| missing | modes | cause that is named | besides |\n| --- | --- | --- | --- |\n";

/** Each cause with the modes that it is the cause of. */
function byCause(causes: Causes): [string, string][] {
	const named = dialects.flatMap((dialect) => causes[dialect] ?? []);
	return [...new Set(named)].map((cause) => [
		dialects.filter((dialect) => causes[dialect] === cause).join(", "),
		cause,
	]);
}

function besides({ byTools, ipv4, in: only, remark, causes }: MissingModules): string {
	const working = dialects.filter(
		(dialect) => causes[dialect] === undefined && byTools?.[dialect] === undefined,
	);
	return [
		...(only === undefined ? [] : [`a module of its own in ${only.join(", ")} alone`]),
		...(ipv4 === true ? ["`--ipv6=false` works, and is suggested"] : []),
		...(remark === undefined ? [] : [remark]),
		...(byTools === undefined
			? []
			: byCause(byTools).map(([modes, cause]) => `by the tools ${modes}: ${cause}`)),
		...(working.length === 0 ? ["no mode works here, which is said"] : []),
	].join("; ");
}

function rowsOf(row: MissingModules): string[] {
	const modules = row.missing.map((name) => `\`${name}\``).join(", ");
	return byCause(row.causes).map(([modes, cause], index) =>
		`| ${index === 0 ? modules : ""} | ${modes} | ${cause} | ${index === 0 ? besides(row) : ""} |`.replaceAll(
			"  ",
			" ",
		),
	);
}

/** `UPDATE_GOLDEN=1` writes it anew. */
it("the documented causes are those that the tier of other kernels sees", () => {
	const text = readFileSync(page, "utf8");
	const [before = "", after = ""] = text.split(head);
	const rest = after.slice(after.indexOf("\n\n"));
	const wanted = `${before}${head}${missingModules.flatMap(rowsOf).join("\n")}${rest}`;
	if (process.env["UPDATE_GOLDEN"] === "1") {
		writeFileSync(page, wanted);
	}
	expect(readFileSync(page, "utf8")).toBe(wanted);
});
