import { Command } from "commander";
import { wantsHelp } from "../../command/wants.ts";
import { type ExitCode, exitCodes } from "../../domain/exit-code.ts";
import type { Subject } from "../../explain/subject.ts";
import { wantsColour } from "../paint.ts";
import { explainHelp } from "./explain-flags.ts";
import { type ExplainIo, processExplainIo } from "./explain-io.ts";
import { type ExplainOptions, parseExplainOptions } from "./options.ts";
import { reportOn, reportsToJson } from "./report.ts";
import { badInput, type Failed, readSubjects } from "./subjects.ts";
import { formatReports, paintFor } from "./table.ts";

/** `shunt explain`. It reads its own flags, since it takes those of `shunt init` as well. */
export function explainCommand(
	finish: (status: ExitCode) => void,
	io: ExplainIo = processExplainIo,
): Command {
	return new Command("explain")
		.description("say what becomes of a packet, which rule decides and why")
		.argument("[words...]")
		.helpOption(false)
		.allowUnknownOption()
		.action(async (words: string[]) => finish(await runExplain(words, io)));
}

export async function runExplain(argv: readonly string[], io: ExplainIo): Promise<ExitCode> {
	if (wantsHelp(argv)) {
		io.stdout(explainHelp());
		return exitCodes.done;
	}
	const options = parseExplainOptions(argv);
	if (!options.ok) {
		return refuse(badInput(options.problems), io);
	}
	io.sayWhileSlow(`shunt explain: still ${works[options.value.source.kind]} …`);
	try {
		const subjects = readSubjects(options.value.source, io);
		return subjects.ok ? await output(subjects.value, options.value, io) : refuse(subjects, io);
	} finally {
		io.sayWhileSlow(undefined);
	}
}

/** What may take long. */
const works: Readonly<Record<ExplainOptions["source"]["kind"], string>> = {
	flags: "working out what the flags say",
	manifests: "reading manifests and working out what they say",
	live: "reading the rules of a network namespace and following them",
};

function refuse({ exitCode, messages }: Failed, io: ExplainIo): ExitCode {
	io.stderr(messages.map((message) => `shunt explain: ${message}\n`).join(""));
	return exitCode;
}

async function output(
	subjects: readonly Subject[],
	{ packet, output: format, html }: ExplainOptions,
	io: ExplainIo,
): Promise<ExitCode> {
	if (html !== undefined) {
		const { writePage } = await import("./write-page.ts");
		const failed = writePage({ subjects, packet: packet ?? {} }, html, io);
		return failed === undefined ? exitCodes.done : refuse(failed, io);
	}
	const reports = subjects.map((subject) => reportOn(subject, packet));
	io.stdout(
		format === "json"
			? reportsToJson(reports)
			: formatReports(reports, paintFor(wantsColour(io.isTerminal, io.env))),
	);
	return exitCodes.done;
}
