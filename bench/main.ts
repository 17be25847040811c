import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Meter } from "./meter.ts";
import { requoteAll } from "./quoted-figures.ts";
import { replaceSection } from "./results-file.ts";
import { sections } from "./sections.ts";

const introduction = `# Benchmark results

\`make bench\` repeats them all and takes a few minutes; it needs root. \`npx tsx bench/main.ts --only one-namespace\` makes
one section anew. Absolute times belong to the machine; ratios come from runs in turn and hold better.
`;

const file = fileURLToPath(new URL("RESULTS.md", import.meta.url));
const { values } = parseArgs({
	options: {
		only: { type: "string", multiple: true, default: Object.keys(sections) },
		rounds: { type: "string", default: "25" },
	},
});
await main(values.only, Number(values.rounds));

/** Measures section by section and writes each into the results file, and its figures into the pages that quote them, as soon as it is there. */
async function main(names: readonly string[], rounds: number): Promise<void> {
	const folder = mkdtempSync(`${tmpdir()}/shunt-bench-`);
	const meter = new Meter(folder);
	try {
		for (const name of names) {
			const section = await sections[name]?.({ meter, folder, rounds });
			if (section !== undefined) {
				const text = existsSync(file) ? readFileSync(file, "utf8") : introduction;
				writeFileSync(file, replaceSection(text, name, section));
				requoteAll(readFileSync(file, "utf8"));
			}
		}
	} finally {
		meter.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
