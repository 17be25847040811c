import { Command } from "commander";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import type { Problem, Result } from "../../domain/problem.ts";
import { type AskedPacket, readPacket } from "../../explain/packet.ts";
import type { Subject } from "../../explain/subject.ts";
import { wantsHelp } from "../../init/help.ts";
import { badInput, type Failed } from "./failure.ts";
import { explainHelp } from "./help.ts";
import { type ExplainOptions, parseExplainOptions } from "./options.ts";
import { reportOn, reportsToJson } from "./report.ts";
import { readSubjects } from "./subjects.ts";
import { formatReports, paintFor } from "./table.ts";
import { type ExplainWorld, processWorld } from "./world.ts";

/** `shunt explain`. It reads its own flags, since it takes those of `shunt init` as well. */
export function explainCommand(
	finish: (status: ExitCode) => void,
	world: ExplainWorld = processWorld,
): Command {
	return new Command("explain")
		.description("say what becomes of a packet, which rule decides and why")
		.argument("[words...]")
		.helpOption(false)
		.allowUnknownOption()
		.action(async (words: string[]) => finish(await runExplain(words, world)));
}

export async function runExplain(argv: readonly string[], world: ExplainWorld): Promise<ExitCode> {
	if (wantsHelp(argv)) {
		world.stdout(explainHelp());
		return exitCodes.done;
	}
	const options = parseExplainOptions(argv);
	if (!options.ok) {
		return refuse(badInput(options.problems), world);
	}
	const subjects = readSubjects(options.value.source, world);
	const asked = subjects.ok ? askAll(subjects.value, options.value) : readAlone(options.value);
	const problems = [
		...new Map(problemsOf(asked).map((problem) => [JSON.stringify(problem), problem])).values(),
	];
	if (!subjects.ok || problems.length > 0) {
		const wrongPacket = badInput(problems);
		return refuse(
			subjects.ok ? wrongPacket : { ...subjects, messages: [...subjects.messages, ...wrongPacket.messages] },
			world,
		);
	}
	return output(subjects.value, asked, options.value, world);
}

type Asked = Result<AskedPacket> | undefined;

/** One packet for each, since what is assumed depends on who it is assumed of. */
function askAll(subjects: readonly Subject[], { packet }: ExplainOptions): Asked[] {
	return subjects.map(({ sender }) => (packet === undefined ? undefined : readPacket(packet, sender)));
}

/** So that the packet's mistakes are told beside those of what it was to be held against. */
function readAlone({ packet }: ExplainOptions): Asked[] {
	return packet === undefined ? [] : [readPacket(packet)];
}

function problemsOf(asked: readonly Asked[]): Problem[] {
	return asked.flatMap((packet) => (packet === undefined || packet.ok ? [] : packet.problems));
}

function refuse({ exitCode, messages }: Failed, world: ExplainWorld): ExitCode {
	world.stderr(messages.map((message) => `shunt explain: ${message}\n`).join(""));
	return exitCode;
}

async function output(
	subjects: readonly Subject[],
	asked: readonly Asked[],
	options: ExplainOptions,
	world: ExplainWorld,
): Promise<ExitCode> {
	if (options.html !== undefined) {
		const { writePage } = await import("./write-page.ts");
		const failed = writePage({ subjects, packet: options.packet ?? {} }, options.html, world);
		return failed === undefined ? exitCodes.done : refuse(failed, world);
	}
	const reports = subjects.map((subject, index) => {
		const packet = asked[index];
		return reportOn(subject, packet?.ok === true ? packet.value : undefined);
	});
	world.stdout(
		options.output === "json" ? reportsToJson(reports) : formatReports(reports, paintFor(world.colours)),
	);
	return exitCodes.done;
}
