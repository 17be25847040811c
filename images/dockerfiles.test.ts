import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { shuntConfig } from "./shunt.ts";
import { shuntCniConfig } from "./shunt-cni.ts";
import { shuntInitConfig } from "./shunt-init.ts";
import { root } from "./target.ts";

it.each([
	["shunt-init", shuntInitConfig],
	["shunt-init-tools", shuntInitConfig],
	["shunt", shuntConfig],
	["shunt-cni", shuntCniConfig],
])("the Dockerfile of %s says of its image what the archive does", (name, config) => {
	const text = readFileSync(`${root}images/${name}.Dockerfile`, "utf8");
	const last = text.slice(text.lastIndexOf("\nFROM "));
	const values = (instruction: string) =>
		[...last.matchAll(new RegExp(`^${instruction} (.*)$`, "gm"))].map(([, value = ""]) => value);
	expect(values("USER")).toEqual([config.User]);
	expect(values("ENTRYPOINT").map((value) => JSON.parse(value))).toEqual([config.Entrypoint]);
	expect(values("ENV").join(" ")).toBe(config.Env.join(" "));
	expect(values("WORKDIR")).toEqual([config.WorkingDir]);
});
