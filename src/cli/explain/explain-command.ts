import { Command } from "commander";
import { wantsHelp } from "../../command/help.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import type { Subject } from "../../explain/subject.ts";
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
	world.sayWhileSlow(`shunt explain: still ${works[options.value.source.kind]} …`);
	try {
		const subjects = readSubjects(options.value.source, world);
		return subjects.ok ? await output(subjects.value, options.value, world) : refuse(subjects, world);
	} finally {
		world.sayWhileSlow(undefined);
	}
}

/** What may take long. */
const works: Readonly<Record<ExplainOptions["source"]["kind"], string>> = {
	flags: "working out what the flags say",
	manifests: "reading manifests and working out what they say",
	live: "reading the rules of a network namespace and following them",
};

function refuse({ exitCode, messages }: Failed, world: ExplainWorld): ExitCode {
	world.stderr(messages.map((message) => `shunt explain: ${message}\n`).join(""));
	return exitCode;
}

async function output(
	subjects: readonly Subject[],
	{ packet, output: format, html }: ExplainOptions,
	world: ExplainWorld,
): Promise<ExitCode> {
	if (html !== undefined) {
		const { writePage } = await import("./write-page.ts");
		const failed = writePage({ subjects, packet: packet ?? {} }, html, world);
		return failed === undefined ? exitCodes.done : refuse(failed, world);
	}
	const reports = subjects.map((subject) => reportOn(subject, packet));
	world.stdout(format === "json" ? reportsToJson(reports) : formatReports(reports, paintFor(world.colours)));
	return exitCodes.done;
}
