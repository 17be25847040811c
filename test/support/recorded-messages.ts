import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attributesIn, messagesIn } from "../../src/wire/attributes.ts";
import { type Bytes, words } from "../../src/wire/bytes.ts";
import { generalHeaderLength, messageType } from "../../src/wire/nf-tables.ts";
import type { Netns } from "./netns.ts";

const order = words.little;

/** A message of nf_tables as somebody sent it. */
export interface SentMessage {
	readonly type: number;
	/** NFPROTO_* */
	readonly family: number;
	readonly attributes: Bytes;
}

/** Runs a program in a namespace under strace(1), and answers with what it sent over netlink. */
export function recordMessages(netns: Netns, argv: readonly string[], input: string): SentMessage[] {
	const folder = mkdtempSync(join(tmpdir(), "shunt-strace-"));
	const file = join(folder, "trace");
	const strace = ["-f", "-e", "trace=sendmsg,sendto", "-e", "write=all", "-o", file];
	try {
		netns.run("strace", [...strace, ...argv], input);
		return buffersIn(readFileSync(file, "utf8")).flatMap(changesIn);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** strace prints what was written in lines of sixteen bytes, each run of them behind a line that says something else. */
function buffersIn(trace: string): Bytes[] {
	const buffers: Bytes[] = [];
	let isOpen = false;
	for (const line of trace.split("\n")) {
		const [, dump] = /^(?:\d+)? *\| [0-9a-f]{5,} {2}(.{49})/.exec(line) ?? [];
		if (dump === undefined) {
			isOpen = false;
			continue;
		}
		const bytes = Buffer.from(dump.replaceAll(" ", ""), "hex").toString("latin1");
		buffers.push(isOpen ? `${buffers.pop() ?? ""}${bytes}` : bytes);
		isOpen = true;
	}
	return buffers;
}

const changes: ReadonlySet<number> = new Set([
	messageType.newTable,
	messageType.newChain,
	messageType.newRule,
	messageType.newSet,
	messageType.newSetElements,
]);

/** The messages of a batch, or of a part of one, that make something. */
export function changesIn(bytes: Bytes): SentMessage[] {
	return (messagesIn(bytes, order) ?? [])
		.filter(({ type }) => changes.has(type))
		.map(({ type, start, end }) => ({
			type,
			family: bytes.charCodeAt(start),
			attributes: bytes.slice(start + generalHeaderLength, end),
		}));
}

/** One line for each; a long run of zero bytes is written as how many there are. */
export function writeMessages(messages: readonly SentMessage[]): string {
	return messages
		.map(({ type, family, attributes }) => {
			const hex = Buffer.from(attributes, "latin1").toString("hex");
			// Two digits a byte, so that a run begins at a whole one.
			const short = hex.replace(/(?:00){12,}|../g, (bytes) =>
				bytes.length === 2 ? bytes : `(${bytes.length / 2})`,
			);
			return `${type} ${family} ${short}\n`;
		})
		.join("");
}

/**
 * What is to be the same, whoever sends it. nft says of sets what only nft reads (userdata), and numbers elements;
 * iptables-nft gives chains a policy, and makes the table anew before each thing in it; nft makes it twice.
 */
export function comparable(messages: readonly SentMessage[]): SentMessage[] {
	const tables = new Set<string>();
	return messages
		.map((message) => ({ ...message, attributes: comparableAttributes(message) }))
		.filter(({ type, family, attributes }) => {
			// The second time without its comment, which says nothing about a table that is there.
			const [name] = attributesIn(attributes, { start: 0, end: attributes.length }, order) ?? [];
			const key = `${family} ${attributes.slice(0, name?.end)}`;
			const isAgain = type === messageType.newTable && tables.has(key);
			tables.add(key);
			return !isAgain;
		});
}

const setUserdata = 13;
const elementList = 3;
const tableFlags = 2;
const chainPolicy = 5;

function comparableAttributes({ type, attributes }: SentMessage): Bytes {
	const range = { start: 0, end: attributes.length };
	const spans = attributesIn(attributes, range, order) ?? [];
	const kept = spans.filter((span) => !isLeftOut(type, span.type));
	// Of a chain the order in which its attributes come says nothing.
	const sorted = type === messageType.newChain ? kept.sort((a, b) => a.type - b.type) : kept;
	return sorted
		.map((span) => {
			const content = attributes.slice(span.start, span.end);
			const isList = type === messageType.newSetElements && span.type === elementList;
			return order.attribute(span.type, isList ? withoutNumbers(content) : content);
		})
		.join("");
}

function isLeftOut(type: number, attribute: number): boolean {
	return (
		(type === messageType.newSet && attribute === setUserdata) ||
		(type === messageType.newTable && attribute === tableFlags) ||
		(type === messageType.newChain && attribute === chainPolicy)
	);
}

function withoutNumbers(list: Bytes): Bytes {
	return (attributesIn(list, { start: 0, end: list.length }, order) ?? [])
		.map(({ start, end }) => order.nest(1, list.slice(start, end)))
		.join("");
}
