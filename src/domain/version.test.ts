import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { version } from "./version.ts";

it("is the package's", () => {
	expect(JSON.parse(readFileSync("package.json", "utf8")).version).toBe(version);
});
