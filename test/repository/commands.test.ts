import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { startShunt } from "../support/programs.ts";

/** `docs/commands.md` is what the programs themselves print. `UPDATE_GOLDEN=1` writes it anew. */
const commands = [
	[],
	["init"],
	["clean"],
	["status"],
	["connections"],
	["explain"],
	["validate"],
	["proxy"],
	["inject"],
	["uninject"],
	["injector"],
	["agent"],
	["check"],
	["install"],
	["install-cni"],
	["upgrade"],
	["uninstall"],
	["completion"],
];

it("the documented commands are the help texts", async () => {
	const printed = commands.map(async (command) => {
		const { stdout, status } = await startShunt([...command, "--help"]).ended;
		expect(status).toBe(0);
		return `## ${["shunt", ...command].join(" ")}\n\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n`;
	});
	const sections = await Promise.all(printed);
	const text = ["# Commands\n", "Each command's `--help`, as it is printed.\n", ...sections].join("\n");
	if (process.env["UPDATE_GOLDEN"] === "1") {
		writeFileSync("docs/commands.md", text);
	}
	expect(text).toBe(readFileSync("docs/commands.md", "utf8"));
});
