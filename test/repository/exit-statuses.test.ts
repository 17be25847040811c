import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorCodes } from "../../src/cni/cni-error.ts";
import { backendExitCodes } from "../../src/command/failure.ts";
import { exitCodes } from "../../src/domain/exit-code.ts";

const page = "docs/exit-statuses.md";
const commands = readFileSync("docs/commands.md", "utf8");

/** What each means to whoever reads it in a pod's status or a script. */
const meanings: Readonly<Record<keyof typeof exitCodes, readonly [means: string, todo: string]>> = {
	done: ["done; what was asked for is so", ""],
	failed: [
		"the operation failed; rules that were there before are there still, or again",
		"the last line of the log says why",
	],
	drift: [
		"what is there differs from what should be",
		"`shunt status` lists every difference; `shunt init` mends it",
	],
	badInput: [
		"bad input: a flag, a file, an annotation; nothing was touched",
		"every mistake is listed with what is wanted instead",
	],
	noDialect: [
		"the mode cannot be used here",
		"the message names the modes that can: [Choosing a mode](choosing-a-mode.md)",
	],
	notPermitted: ["not permitted", "the message names what is missing, such as the capability `NET_ADMIN`"],
	validationFailed: [
		"validation failed: connections do not go as the rules say",
		"the message names the rule; Linkerd's repair controller looks for this status",
	],
};

/** Which commands' help texts name a status. */
function namedBy(status: number): string {
	const sections = commands.split(/^## /m).slice(1);
	const naming = sections.filter((section) => {
		const line = /Exit status: ([\s\S]*?)(?:\n\n|```)/.exec(section)?.[1] ?? "";
		return new RegExp(`(?:^|[ ,])${status} `).test(line);
	});
	return naming.map((section) => `\`${section.split("\n")[0]}\``).join(", ");
}

function text(): string {
	const rows = Object.entries(exitCodes).map(([name, status]) => {
		const [means, todo] = meanings[name as keyof typeof exitCodes];
		return `| ${status} | ${means} | ${todo} | ${namedBy(status)} |\n`;
	});
	const backend = Object.entries(backendExitCodes).map(([code, status]) => `| ${code} | ${status} |\n`);
	return `# Exit statuses

What every program of Shunt ends with. This is an interface: scripts and controllers key on these numbers, so they do not change.
This page is made from the table that the programs use.

| status | meaning | what to do | commands that name it in their help |
| --- | --- | --- | --- |
${rows.join("")}
64, 69 and 77 are those of sysexits.h (\`EX_USAGE\`, \`EX_UNAVAILABLE\`, \`EX_NOPERM\`). A program that a signal ended has none; a
shell shows 128 and the signal's number.

## When the kernel or a tool says no

How a failure to make, read or remove rules becomes a status. Where another mode would have worked, 1 becomes 69.

| what happened | status |
| --- | --- |
${backend.join("")}
## The CNI plugin

\`shunt-cni\` ends with 0 or 1, as runtimes expect, and its answer carries a code. [The plugin's page](cni.md#what-it-answers) says
when each of them is used: ${Object.values(errorCodes).join(", ")}.
`;
}

/** `UPDATE_GOLDEN=1` writes it anew. */
describe("the documented exit statuses", () => {
	it("are the programs'", () => {
		if (process.env["UPDATE_GOLDEN"] === "1") {
			writeFileSync(page, text());
		}
		expect(text()).toBe(readFileSync(page, "utf8"));
	});

	it("are all that any help text names", () => {
		const named = [...commands.matchAll(/Exit status: ([\s\S]*?)(?:\n\n|```)/g)].flatMap(([, line = ""]) =>
			[...line.matchAll(/(?:^|, )(\d+) /g)].map(([, status]) => Number(status)),
		);
		expect(named.length).toBeGreaterThan(20);
		const known: readonly number[] = Object.values(exitCodes);
		expect([...new Set(named)].filter((status) => !known.includes(status))).toEqual([]);
	});
});
