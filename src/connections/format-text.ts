import { harmless } from "../domain/harmless.ts";
import { shortened } from "../domain/shortened.ts";
import { namesOf } from "../status/format-table.ts";
import type { Account } from "./account.ts";
import { columns, wrapped } from "./layout.ts";
import type { Owner } from "./owners.ts";
import type { NamespaceSurvey } from "./report.ts";
import type { Survey } from "./survey.ts";
import { type Group, groupsOf, totalsOf } from "./totals.ts";

export interface TextStyle {
	readonly colours: boolean;
	/** Whether there is more than one namespace to tell apart. */
	readonly showsNamespaces: boolean;
	readonly totalsOnly: boolean;
}

/**
 * For people: what there is in one line, a table of how many there are by each rule, and then the connections, rule by
 * rule. In pieces, since there may be a hundred thousand of them.
 */
export function* formatText(found: readonly NamespaceSurvey[], style: TextStyle): Generator<string> {
	for (const [index, one] of found.entries()) {
		yield index === 0 ? "" : "\n";
		if (style.showsNamespaces) {
			const names = namesOf(one.namespace).filter((name) => name !== "-");
			yield `${strong(harmless(names.join(", ")), style)}\n`;
		}
		if ("failure" in one) {
			yield `${warn(harmless(one.failure.messages[0] ?? "failed"), style)}\n`;
		} else {
			yield* formatSurvey(one.survey, style);
		}
	}
}

function* formatSurvey(survey: Survey, style: TextStyle): Generator<string> {
	const { connections, unread, notes } = survey;
	const groups = groupsOf(connections);
	yield paragraph(summaryOf(survey), "", (line) => strong(line, style));
	for (const { what, why } of unread) {
		yield paragraph(`Not read: ${what}: ${why}.`, "", (line) => warn(line, style));
	}
	for (const note of notes) {
		yield paragraph(`Note: ${note}.`, "", (line) => line);
	}
	if (groups.length > 0) {
		yield `\n${totalsTable(groups, style)}`;
	}
	for (const group of style.totalsOnly ? [] : groups) {
		yield* formatGroup(group, style);
	}
}

function summaryOf({ connections, ended }: Survey): string {
	const { proxy, pastProxy, elsewhere, unknown, otherwise } = totalsOf(connections);
	const parts = [
		[proxy, "through the proxy"],
		[pastProxy, "past it"],
		[elsewhere, "to another place"],
		[unknown, "nobody knows where"],
	] as const;
	const some = parts.filter(([count]) => count > 0).map(([count, words]) => `${thousands(count)} ${words}`);
	const over = ended === 0 ? "" : ` (${thousands(ended)} more ${ended === 1 ? "is" : "are"} over)`;
	const would = otherwise === 0 ? "" : ` ${thousands(otherwise)} would go elsewhere by the present rules.`;
	return `${connectionsInWords(connections.length)}${some.length > 0 ? `: ${some.join(", ")}` : ""}${over}.${would}`;
}

function connectionsInWords(count: number): string {
	return count === 0 ? "No connections" : `${thousands(count)} ${count === 1 ? "connection" : "connections"}`;
}

/** `50,000` */
function thousands(count: number): string {
	return `${count}`.replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function totalsTable(groups: readonly Group[], style: TextStyle): string {
	const rows = groups.map((group) => ({
		cells: [
			thousands(group.connections.length),
			group.direction,
			viaInWords(group),
			nowOf(group.agrees),
			group.rule ?? "-",
		],
		paint: paintFor(group),
	}));
	const table = columns(
		[["COUNT", "DIRECTION", "WENT", "NOW", "RULE"], ...rows.map(({ cells }) => cells)],
		[0],
	);
	return table.map((line, index) => `${rows[index - 1]?.paint(line, style) ?? line}\n`).join("");
}

/** What the present rules would do. */
export function nowOf(agrees: boolean | null): string {
	return agrees === null ? "unknown" : agrees ? "the same" : "otherwise";
}

function viaInWords({ via, redirectedTo }: Pick<Group, "via" | "redirectedTo">): string {
	const port = redirectedTo === undefined ? "" : `:${redirectedTo}`;
	switch (via) {
		case "proxy":
			return `proxy${port}`;
		case "past-proxy":
			return "straight";
		case "elsewhere":
			return port === "" ? "elsewhere" : `here${port}`;
		case "unknown":
			return "unknown";
	}
}

function* formatGroup(group: Group, style: TextStyle): Generator<string> {
	const paint = paintFor(group);
	yield `\n${strong(titleOf(group), style)}\n`;
	for (const line of explanationsOf(group)) {
		yield paragraph(shortened(line), "  ", (each) => paint(each, style));
	}
	const isMoved = group.via === "elsewhere" && group.redirectedTo === undefined;
	const head = ["FROM", "TO", ...(isMoved ? ["WENT TO"] : []), "STATE", "OWNER"];
	const rows = group.connections
		.toSorted(byTarget)
		.map((account) => [
			account.from,
			account.to,
			...(isMoved ? [account.wentTo ?? "-"] : []),
			account.state,
			ownerInWords(account.owner),
		]);
	const lines = columns([head, ...rows], []);
	for (let start = 0; start < lines.length; start += atOnce) {
		yield lines
			.slice(start, start + atOnce)
			.map((line) => `  ${line}\n`)
			.join("");
	}
}

const atOnce = 1000;

function paragraph(text: string, indent: string, paint: (line: string) => string): string {
	return wrapped(text, indent)
		.map((line) => `${paint(line)}\n`)
		.join("");
}

function byTarget(a: Account, b: Account): number {
	return inOrder(a.to, b.to) || inOrder(a.from, b.from);
}

function inOrder(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

function titleOf({ direction, via, redirectedTo, connections }: Group): string {
	const way = `${direction.charAt(0).toUpperCase()}${direction.slice(1)}`;
	return `${way}, ${whereInWords(via, redirectedTo)} (${thousands(connections.length)})`;
}

function whereInWords(via: Group["via"], redirectedTo: number | undefined): string {
	switch (via) {
		case "proxy":
			return redirectedTo === undefined ? "to the proxy itself" : `to the proxy on port ${redirectedTo}`;
		case "past-proxy":
			return "straight to where they were going";
		case "elsewhere":
			return redirectedTo === undefined
				? "to another place than they were going to"
				: `to port ${redirectedTo} here, which is no proxy's by the present rules`;
		case "unknown":
			return "nobody could be asked where to";
	}
}

/** Why they went there, and what is odd about that. */
function explanationsOf(group: Group): string[] {
	return [...trackingInWords(group), ...verdictInWords(group)];
}

/** The rule and where it stands: `by redirect-all-outgoing-to-proxy-port`. */
function byRule({ rule, rules }: Group): string[] {
	const [first] = rules;
	if (rule === undefined || first === undefined) {
		return [];
	}
	const tables = [...new Set(rules.map(({ table }) => table))].join(" and ");
	return [`by ${rule}`, `rule ${first.position} of ${first.chain} in ${tables}`];
}

function trackingInWords({ tracking }: Group): string[] {
	switch (tracking) {
		case "midway":
			return ["made before anything tracked connections here: the rules were asked in the middle of them"];
		case "none":
			return [
				"not tracked, only their sockets tell of them: idle since anything tracks connections here, or exempt",
			];
		default:
			return [];
	}
}

function verdictInWords(group: Group): string[] {
	const { agrees, now = "they would go elsewhere", why, rules } = group;
	const by = byRule(group);
	switch (agrees) {
		case false:
			return [`made before the present rules; now ${now}`, ...by];
		case true:
			return by.length > 0
				? [...by, ...rules.slice(0, 1).map((rule) => `because ${rule.why}`)]
				: [why.length > 0 ? `by ${why.join("; ")}` : "no rule is about them"];
		case null:
			return why.length > 0
				? [`what the present rules would do is not known: ${why.join("; ")}`]
				: [`where they went is not known; by the present rules they ${now}`, ...by];
	}
}

/** `4321 curl, uid 1000` */
export function ownerInWords(owner: Owner | undefined): string {
	if (owner === undefined) {
		return "-";
	}
	const { uid, process } = owner;
	return process === undefined ? `uid ${uid}` : `${process.pid} ${process.command}, uid ${uid}`;
}

type Painted = (text: string, style: Pick<TextStyle, "colours">) => string;

/** ECMA-48's "select graphic rendition". */
const painted =
	(on: number, off: number): Painted =>
	(text, { colours }) =>
		colours ? `\u001b[${on}m${text}\u001b[${off}m` : text;

const strong = painted(1, 22);
const warn = painted(33, 39);
const plain: Painted = (text) => text;

function paintFor({ agrees }: Pick<Account, "agrees">): Painted {
	return agrees === true ? plain : warn;
}
