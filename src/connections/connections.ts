import { wantsColours } from "../command/colours.ts";
import { asksForJson, badInput, guard, reportFailure } from "../command/failure.ts";
import { formatHelp } from "../command/help.ts";
import { enterNamedNetns } from "../command/netns.ts";
import { wantsHelp } from "../command/wants.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { Host } from "../host/host.ts";
import { lookInto, type Progress } from "../status/look-into.ts";
import { allNamespaces, type Namespace, namespaceAt, ownPath, shortfallsOf } from "../status/namespaces.ts";
import { lackOfPermission } from "../status/permission.ts";
import { Filter } from "./filter.ts";
import { connectionsFlags } from "./flags.ts";
import { formatText } from "./format-text.ts";
import { examples, exitStatus, notes, summary } from "./help-text.ts";
import { type ConnectionsOptions, parseConnectionsOptions } from "./options.ts";
import type { FindOwners } from "./owners.ts";
import { exitCodeOf, type NamespaceSurvey, reportAsJson } from "./report.ts";
import { type Survey, survey } from "./survey.ts";
import { changesAsJson, Memory, WatchTable } from "./watch.ts";

/** `shunt connections`: the live connections of a network namespace, and which rule explains each. Changes nothing. */
export function runConnections(
	host: Host,
	findOwners: FindOwners,
	argv: readonly string[],
	program = "shunt connections",
): ExitCode {
	return guard(host, program, () => connections(host, findOwners, argv, program));
}

function connections(host: Host, findOwners: FindOwners, argv: readonly string[], program: string): ExitCode {
	if (wantsHelp(argv)) {
		host.stdout(formatHelp({ program, summary, flags: connectionsFlags(), examples, notes, exitStatus }));
		return exitCodes.done;
	}
	const parsed = parseConnectionsOptions(argv, program);
	if (!parsed.ok) {
		return reportFailure(host, program, badInput(parsed.problems), asksForJson(argv));
	}
	const task = { host, program, options: parsed.value, look: lookWith(host, findOwners, parsed.value) };
	return parsed.value.target.kind === "all" ? lookAround(task) : lookAtOne(task);
}

interface Task {
	readonly host: Host;
	readonly program: string;
	readonly options: ConnectionsOptions;
	look(namespace: Namespace, progress: Progress): NamespaceSurvey;
}

function lookWith(host: Host, findOwners: FindOwners, options: ConnectionsOptions): Task["look"] {
	const wish = { filter: new Filter(options.wanted), transport: options.transport };
	return (namespace, progress) => {
		const failure = lackOfPermission(host);
		return failure === undefined
			? { namespace, survey: survey(host, findOwners, wish, progress) }
			: { namespace, failure };
	};
}

/** One namespace, which has to be there. */
function lookAtOne(task: Task): ExitCode {
	const { host, program, options, look } = task;
	const { target, output, interval } = options;
	const netns = target.kind === "named" ? target.netns : undefined;
	const path = netns?.path ?? ownPath;
	const namespace = namespaceAt(host, path) ?? { path, inode: "", processes: 0 };
	const lost = enterNamedNetns(host, netns);
	if (lost !== undefined) {
		return reportFailure(host, program, lost, output);
	}
	if (interval !== undefined) {
		return watch(task, namespace, interval);
	}
	const progress = progressOf(task);
	const found = look(namespace, progress);
	progress(undefined);
	return "failure" in found
		? reportFailure(host, program, found.failure, output)
		: tell(task, [found], { unseen: [], short: [] });
}

function lookAround(task: Task): ExitCode {
	const { host, program, look } = task;
	const progress = progressOf(task);
	const around = allNamespaces(host);
	const found = lookInto(host, around.namespaces, progress, {
		look: (namespace) => look(namespace, () => {}),
		refused: (namespace, failure) => ({ namespace, failure }),
	});
	progress(undefined);
	const shortfalls = shortfallsOf(host, around);
	const short = shortfalls.flatMap(({ exitCode }) => exitCode ?? []);
	const status = tell(task, found, { unseen: around.unseen, short });
	for (const message of new Set([
		...shortfalls.map((shortfall) => shortfall.message),
		...found.flatMap((one) => ("failure" in one ? one.failure.messages : [])),
	])) {
		host.log(`${program}: ${message}`);
	}
	return status;
}

interface Rest {
	readonly unseen: readonly number[];
	readonly short: readonly ExitCode[];
}

function tell({ host, options }: Task, found: readonly NamespaceSurvey[], { unseen, short }: Rest): ExitCode {
	const { output, target, totals: totalsOnly } = options;
	const style = { colours: wantsColours(host), showsNamespaces: target.kind === "all", totalsOnly };
	const pieces = output === "json" ? reportAsJson(found, { unseen, totalsOnly }) : formatText(found, style);
	for (const piece of pieces) {
		host.stdout(piece);
	}
	return exitCodeOf(found, short);
}

/** Until a signal ends the program, nothing can be read any more, or the namespace would be there for us alone. */
function watch(task: Task, namespace: Namespace, interval: number): ExitCode {
	const { host, program, options, look } = task;
	const memory = new Memory();
	const table = new WatchTable();
	const said = new Set<string>();
	const progress = progressOf(task);
	for (;;) {
		const found = look(namespace, progress);
		progress(undefined);
		if ("failure" in found) {
			return reportFailure(host, program, found.failure, options.output);
		}
		const changes = memory.changes(found.survey);
		const time = new Date(host.now()).toISOString();
		host.stdout(
			options.output === "json" ? changesAsJson(changes, time) : table.lines(changes, time.slice(11, 19)),
		);
		for (const line of remarksOn(found.survey)) {
			sayOnce(line);
		}
		const refused = exitCodeOf([found], []);
		if (refused !== exitCodes.done) {
			return refused;
		}
		host.pause(interval);
		if (!isStillThere(host, namespace)) {
			sayOnce("the network namespace has gone, and there is nothing left to watch");
			return exitCodes.done;
		}
	}

	function sayOnce(line: string): void {
		if (!said.has(line)) {
			said.add(line);
			host.log(`${program}: ${line}`);
		}
	}
}

function remarksOn({ unread, notes }: Survey): readonly string[] {
	return [...unread.map(({ what, why }) => `not read: ${what}: ${why}`), ...notes];
}

/** Whether its name or process still leads there: while we are in it, it does not go away by itself. */
function isStillThere(host: Host, { path, inode }: Namespace): boolean {
	return path === ownPath || namespaceAt(host, path)?.inode === inode;
}

function progressOf({ host, program }: Task): Progress {
	return (state) => host.sayWhileSlow(state === undefined ? undefined : `${program}: ${state} …`);
}
