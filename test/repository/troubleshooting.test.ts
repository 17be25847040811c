import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/troubleshooting.md", "utf8");
const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => heading);

/** A message as it stands in the source, with what differs from case to case as `…`. */
interface Message {
	readonly file: string;
	readonly text: string;
}

/** What the programs' errors are made of. Those that are bugs of ours where they are seen are no errors of users'. */
const makers =
	/(?:new (?:BackendError|KernelFailure|CniError|ClusterError|HostError|Refusal)|questionFailure)\(/g;

/** Sentences that stand in tables and functions, and end up in such errors or beside them. */
const sentences: Readonly<Record<string, RegExp>> = {
	"src/backend/kernel-lack.ts": /text: ("[^"]+"|`[^`]+`)/g,
	"src/command/failure.ts": /^\s+(?:\? \[)?("[a-z][^"]{30,}")/gm,
	"src/init/advice.ts":
		/(`(?:mode \$\{asked\.mode\} cannot be|modes that work|not tried: |on the node, )[^`]+`|"(?:IPv4 alone|no mode works)[^"]+")/g,
	"src/backend/probe.ts": /[?:] (`[^`]+`)/g,
	"src/validator/single-connection.ts": /(`expected the listener[^`]+`)/g,
	"src/command/netns.ts": /^\s+(`\$\{where\}[^`]+`)/gm,
};

/** Wrappers of other messages, in whose place those are looked up. */
const wrappers = ["nothing was changed", "missing-tool", "not-started", "unauthorized", "unreachable"];

function literalsIn(code: string): string[] {
	return [...code.matchAll(/`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)"/g)].map(
		([, template, text]) => template ?? text ?? "",
	);
}

/** From the opening bracket to the one that closes it. */
function argumentsFrom(source: string, start: number): string {
	let depth = 1;
	for (let at = start; at < source.length; at++) {
		const character = source[at] ?? "";
		if (character === '"' || character === "`") {
			at = source.indexOf(character, at + 1);
		}
		depth += character === "(" ? 1 : character === ")" ? -1 : 0;
		if (depth === 0) {
			return source.slice(start, at);
		}
	}
	throw new Error("a bracket that nobody closes");
}

function withoutHoles(literal: string): string {
	return literal.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "…").replaceAll(/\\n/g, "\n");
}

function messages(): Message[] {
	const files = readdirSync("src", { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".ts") && !file.includes(".test.") && !file.includes("memory"))
		.map((file) => `src/${file}`);
	return files.flatMap((file) => {
		const source = readFileSync(file, "utf8");
		const made = [...source.matchAll(makers)].flatMap(({ index, 0: maker }) => {
			const made = argumentsFrom(source, index + maker.length);
			// What a list of a CNI error's holds are details beside its message.
			const message = maker.includes("Cni") ? (made.split(/\s\[/)[0] ?? "") : made;
			return literalsIn(message).filter((literal) => !wrappers.includes(literal));
		});
		const told = [...source.matchAll(sentences[file] ?? /$^/g)].flatMap(([, code = ""]) => literalsIn(code));
		return [...made, ...told]
			.map((literal) => ({ file, text: withoutHoles(literal) }))
			.filter(({ text }) => text.replaceAll(/[….:;, ()]/g, "").length > 9);
	});
}

/** The longest part that is the same every time, without what stands around it. */
function fixedPart(text: string): string {
	const parts = text.split(/…|\n/).map((part) => part.replaceAll(/^[\s,;:().]+|[\s,;:().]+$/g, ""));
	return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), "");
}

/** Headings whose own words say little: they are for messages that have no others. */
const general = [
	"nf_tables: …: …",
	"nf_tables: netlink: …",
	"CNI_NETNS: …",
	"… has … mistakes",
	"… (want …)",
];

describe("docs/troubleshooting.md", () => {
	const all = messages();

	it("has a heading for every error that the programs make", () => {
		expect(all.length).toBeGreaterThan(50);
		const missing = all.filter(({ text }) => {
			const part = fixedPart(text);
			return !headings.some(
				(heading) =>
					heading.includes(part) || (!general.includes(heading) && text.includes(fixedPart(heading))),
			);
		});
		expect(missing).toEqual([]);
	});

	it("has no heading for what no program says", () => {
		const sources = all.map(({ text }) => text).join("\n");
		const unsaid = headings.filter((heading) => {
			const part = fixedPart(heading);
			return part !== "want" && !sources.includes(part);
		});
		expect(unsaid).toEqual([]);
	});

	it("has headings that tell errors apart", () => {
		const short = headings.filter((heading) => fixedPart(heading).length < 12 && !general.includes(heading));
		expect(short).toEqual([]);
	});

	it("has each heading once, so that each can be linked to", () => {
		expect(headings.filter((heading, index) => headings.indexOf(heading) !== index)).toEqual([]);
	});
});
