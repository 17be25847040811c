import type { Paints } from "../src/cli/paint.ts";
import type { Connection } from "./connections.ts";
import type { DialectResult } from "./demo.ts";
import type { Expectation, Path } from "./expectation.ts";
import { type Observation, pathByMetrics, wasDirect } from "./observation.ts";
import { type Cell, formatTable } from "./table.ts";
import type { Trial } from "./trial.ts";
import { applicationUid, clientUid, proxy } from "./world.ts";

/** One dialect's part of the report: a heading, then a line for every kind of connection. */
export function formatResult({ mode, applied, trials }: DialectResult, paints: Paints): string {
	if (applied.kind === "unusable") {
		return `${paints.strong(mode)}  cannot be used on this machine: ${applied.reason}\n`;
	}
	const spent = `rules applied in ${applied.milliseconds.toFixed(1)} ms`;
	const whole = `(the whole process took ${applied.wholeMilliseconds.toFixed(0)} ms)`;
	const rows = [
		headings.map((text) => ({ text, paint: paints.faint })),
		...groupTrials(trials).map((group) => formatGroup(group, paints)),
	];
	const lines = formatTable(rows).map((line) => `  ${line}`);
	const name = applied.used === mode ? mode : `${mode}, which chose ${applied.used}`;
	return [`${paints.strong(name)}  ${spent} ${paints.faint(whole)}`, ...lines, ""].join("\n");
}

const headings = ["connection", "expected path", "proxy counted", "the server saw", "", ""];

/** Families share a line as long as there is the same to say about them. */
function groupTrials(trials: readonly Trial[]): Trial[][] {
	const groups = new Map<string, Trial[]>();
	for (const trial of trials) {
		const { connection, expected, observed } = trial;
		const key = [
			titleOf(connection),
			...expectedWords(expected),
			countedWords(observed),
			seenWords(observed),
		];
		groups.set(key.join("\n"), [...(groups.get(key.join("\n")) ?? []), trial]);
	}
	return [...groups.values()];
}

function formatGroup(group: readonly Trial[], paints: Paints): Cell[] {
	const [first] = group;
	if (first === undefined) {
		return [];
	}
	const { connection, expected, observed } = first;
	const marks = group.map(({ family, ok }) => {
		const name = family === "ipv4" ? "IPv4" : "IPv6";
		return ok ? { text: `${name} ✓`, paint: paints.good } : { text: `${name} ✗`, paint: paints.bad };
	});
	return [
		{ text: titleOf(connection) },
		{
			text: expectedWords(expected).join(" "),
			paint: expected.path === "direct" ? paints.faint : paints.strong,
		},
		{ text: countedWords(observed) },
		{ text: seenWords(observed) },
		...marks,
	];
}

function titleOf({ title, port, note }: Connection): string {
	return note === undefined ? `${title}:${port}` : `${title}:${port} (${note})`;
}

const pathWords: Readonly<Record<Path, string>> = {
	direct: "direct",
	inbound: `proxy, inbound :${proxy.inboundPort}`,
	outbound: `proxy, outbound :${proxy.outboundPort}`,
};

function expectedWords({ path, reason }: Expectation): string[] {
	return [pathWords[path], ...(path === "direct" && reason !== undefined ? [`(${reason})`] : [])];
}

function countedWords(observed: Observation): string {
	const path = pathByMetrics(observed);
	const { inbound, outbound } = observed.counted;
	return path === undefined ? `${inbound} in, ${outbound} out` : path === "direct" ? "nothing" : `1 ${path}`;
}

function seenWords(observed: Observation): string {
	if (observed.kind === "failed") {
		return `no connection: ${observed.reason}`;
	}
	const { meeting } = observed;
	const uid = meeting.seenUid === undefined ? "" : `uid ${meeting.seenUid}`;
	if (wasDirect(meeting)) {
		return `the caller, ${uid}`;
	}
	return meeting.seenUid === proxy.uid ? `the proxy, ${uid}` : `somebody else, ${uid}`;
}

/** What stands above the first table. */
export const introduction = `
  client ──────── eth0 [ app       shunt proxy ] eth1 ──────── backend
  uid ${clientUid}               uid ${applicationUid}  uid ${proxy.uid}

  Every connection below is a real one. "Expected" is what the plan says about its first packet;
  the proxy's metrics and the server at the other end tell which way it went.
`;
