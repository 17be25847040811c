import { type CommandLine, emptyValue, parseCommandLine } from "../../command/command-line.ts";
import { FlagValues } from "../../command/flag-values.ts";
import { type NamedNetns, parseNetns, parsePid } from "../../command/netns.ts";
import { err, ok, type Problem, type Result } from "../../domain/problem.ts";
import { parseTransport, type Transport } from "../../domain/transport.ts";
import { parseChoice } from "../../domain/words.ts";
import { readPacket } from "../../explain/packet.ts";
import { type PacketFieldName, type PacketRequest, packetFields } from "../../explain/packet-fields.ts";
import { readPacketWords } from "../../explain/packet-words.ts";
import { parseInitOptions } from "../../init/options.ts";
import { explainFlags, policyFlags } from "./explain-flags.ts";

/** Where the rules are that are to be explained. */
export type Source =
	| { readonly kind: "flags"; readonly argv: readonly string[] }
	| {
			readonly kind: "manifests";
			readonly paths: readonly string[];
			readonly object: string | undefined;
			readonly config: string | undefined;
	  }
	/** `netns` is absent for the namespace that we are in. */
	| { readonly kind: "live"; readonly netns?: NamedNetns; readonly transport: Transport };

export interface ExplainOptions {
	readonly source: Source;
	/** Undefined where nothing is said of one. */
	readonly packet: PacketRequest | undefined;
	readonly output: "table" | "json";
	readonly html: string | undefined;
}

const program = "shunt explain";

/** Every mistake is found, but for those in the files that are named. */
export function parseExplainOptions(argv: readonly string[]): Result<ExplainOptions> {
	const { line, words } = untangle(parseCommandLine(argv, explainFlags, program, "words"));
	const flags = new FlagValues(line, explainFlags);
	const request = packetRequest(flags);
	const packet = readPacketWords(words, request);
	const said = packet.ok ? packet.value : request;
	const isAsked = Object.keys(said).length > 0;
	const output = flags.one("output", parseChoice<"table" | "json">(["table", "json"]));
	const source = readSource(line, flags);
	const html = flags.one("html", (text) => ok(text)) || undefined;
	const problems = [
		...flags.problems,
		...problemsOf(packet),
		...(isAsked ? problemsOf(readPacket(said)) : []),
		...problemsOf(source),
		...(source.ok && source.value.kind === "flags"
			? problemsOf(parseInitOptions(source.value.argv, program)).filter(isNews)
			: []),
		...(html !== undefined && flags.isGiven("output") ? [twoOutputs] : []),
	];
	if (problems.length > 0 || !packet.ok || !source.ok) {
		return err(...problems);
	}
	return ok({
		source: source.value,
		packet: isAsked ? packet.value : undefined,
		output: output ?? "table",
		html,
	});
}

/** Empty values were found when the whole line was read. */
function isNews({ complaint }: Problem): boolean {
	return complaint !== emptyValue;
}

function problemsOf(result: Result<unknown>): readonly Problem[] {
	return result.ok ? [] : result.problems;
}

const twoOutputs: Problem = {
	source: "--output",
	complaint: "is given beside --html",
	accepted: "one of them",
};

/**
 * What belongs to no flag is the packet. And `-o` is a port to `shunt init`, but an output format everywhere else; no
 * port is called json.
 */
function untangle({ given, words, problems }: CommandLine) {
	const isFormat = (text: string) => text === "table" || text === "json";
	const ports = given.get("outgoing-proxy-port") ?? [];
	const moved: readonly (readonly [string, readonly string[]])[] = [
		["outgoing-proxy-port", ports.filter((text) => !isFormat(text))],
		["output", [...(given.get("output") ?? []), ...ports.filter(isFormat)]],
	];
	const line: CommandLine = {
		given: new Map([...new Map([...given, ...moved])].filter(([, texts]) => texts.length > 0)),
		words,
		problems,
	};
	return { line, words };
}

function packetRequest(flags: FlagValues): PacketRequest {
	const said = packetFields.flatMap(({ name }): [PacketFieldName, string][] => {
		const text = flags.one(name, (written) => ok(written));
		return text === undefined ? [] : [[name, text]];
	});
	return Object.fromEntries(said);
}

function readSource(line: CommandLine, flags: FlagValues): Result<Source> {
	const { given } = line;
	// Who is asked says nothing of the rules, but has to be understood wherever it is said.
	const transport = flags.one("transport", parseTransport) ?? "auto";
	const live = (found: NamedNetns | undefined) =>
		ok<Source>({ kind: "live", transport, ...(found && { netns: found }) });
	const telling = policyFlags.filter(({ name }) => name !== "transport");
	const argv = telling.flatMap(({ name }) => (given.get(name) ?? []).map((text) => `--${name}=${text}`));
	const sources = [
		...(argv.length > 0
			? [{ name: "the flags of shunt init", read: () => ok({ kind: "flags", argv } as const) }]
			: []),
		...(flags.isGiven("file") ? [{ name: "--file", read: () => manifests(line, flags) }] : []),
		...(flags.isGiven("netns")
			? [{ name: "--netns", read: () => live(flags.one("netns", parseNetns)) }]
			: []),
		...(flags.isGiven("pid") ? [{ name: "--pid", read: () => live(flags.one("pid", parsePid)) }] : []),
		...(flags.boolean("live") ? [{ name: "--live", read: () => live(undefined) }] : []),
	];
	const stray = flags.isGiven("file") ? [] : ["object", "config"].filter((name) => flags.isGiven(name));
	const [source, ...others] = sources;
	const names = sources.map(({ name }) => name);
	const read = source === undefined || others.length > 0 ? wrongCount(names, flags.problems) : source.read();
	const problems = [...(read.ok ? [] : read.problems), ...stray.map(withoutManifests)];
	return problems.length > 0 ? err(...problems) : read;
}

/** Where no rules are said, what was meant to say them may be what was not understood. */
function wrongCount(names: readonly string[], known: readonly Problem[]): Result<Source> {
	const accepted =
		"one of: the flags of shunt init (-p PORT -o PORT …), -f FILE, --netns NAME|PATH, --pid PID, --live";
	if (names.length > 0) {
		return err({ source: names.join(" and "), complaint: "are different rules to explain", accepted });
	}
	return known.length > 0
		? err()
		: err({ source: "arguments", complaint: "say no rules to explain", accepted });
}

function withoutManifests(name: string): Problem {
	return {
		source: `--${name}`,
		complaint: "is about manifests, and there are none",
		accepted: "-f FILE beside it",
	};
}

function manifests({ given }: CommandLine, flags: FlagValues): Result<Source> {
	return ok({
		kind: "manifests",
		paths: given.get("file") ?? [],
		object: flags.one("object", parseObject),
		config: flags.one("config", (text) => ok(text)),
	});
}

function parseObject(text: string, source: string): Result<string> {
	return /^[^/]+\/[^/]+$/.test(text)
		? ok(text)
		: err({
				source,
				value: text,
				complaint: "is not an object's name",
				accepted: "KIND/NAME, such as deployment/web",
			});
}
