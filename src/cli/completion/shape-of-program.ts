import type { Command, Option } from "commander";
import type { Flag } from "../../command/flag.ts";
import { loadCommands, type OwnFlagsCommand, ownFlagsCommands } from "../commands.ts";
import {
	type CommandShape,
	choicesIn,
	complete,
	type FlagShape,
	formatCompletion,
	valueShape,
} from "./complete.ts";

/** `shunt __complete WORDS…`, which the shells' scripts and kubectl ask. */
export async function completionOf(words: readonly string[]): Promise<string> {
	const [command = ""] = words.length > 1 ? words : [];
	return formatCompletion(complete(await shapeOfProgram(command), words.map(unquoted)));
}

/** How PowerShell's script has to say an empty word. */
function unquoted(word: string): string {
	return word === '""' ? "" : word;
}

/** All of `shunt`, or the part of it that begins with that command, which is loaded sooner. */
export async function shapeOfProgram(wanted = ""): Promise<CommandShape> {
	const commands = await loadCommands(wanted, () => undefined);
	return {
		name: "shunt",
		description: "",
		flags: [help, { names: ["-V", "--version"], description: "output the version number", value: undefined }],
		commands: [
			...(await Promise.all(ownFlagsCommands.map(shapeOfOwnFlags))),
			...(await Promise.all(commands.map(shapeOfCommand).map(withExplainFlags))),
		],
		argument: { kind: "other" },
	};
}

/** `explain` is in the tree, but reads its own flags as well. */
async function withExplainFlags(shape: CommandShape): Promise<CommandShape> {
	if (shape.name !== "explain") {
		return shape;
	}
	const { explainFlags } = await import("../explain/explain-flags.ts");
	return {
		...shape,
		flags: [...explainFlags.map(shapeOfFlag), help],
		argument: { kind: "choices", choices: ["inbound", "outbound"] },
	};
}

/** Hidden commands and options stay hidden. */
function shapeOfCommand(command: Command): CommandShape {
	const help = command.createHelp();
	const [argument] = command.registeredArguments.slice(-1);
	return {
		name: command.name(),
		description: command.description(),
		flags: help.visibleOptions(command).map(shapeOfOption),
		commands: help.visibleCommands(command).map(shapeOfCommand),
		argument: valueShape(argument?.name() ?? "", argument?.argChoices),
	};
}

function shapeOfOption(option: Option): FlagShape {
	const [, placeholder = ""] = /[<[](.+)[>\]]/.exec(option.flags) ?? [];
	return {
		names: [option.short, option.long].filter((name) => name !== undefined),
		description: option.description,
		// A value that may be left out has to be written with "=".
		value: option.required
			? valueShape(placeholder, option.argChoices ?? choicesIn(option.description))
			: undefined,
	};
}

/** Of a command that reads its own flags. */
async function shapeOfOwnFlags(command: OwnFlagsCommand): Promise<CommandShape> {
	const flags = await command.flags();
	return { ...command, flags: [...flags.map(shapeOfFlag), help], commands: [], argument: { kind: "other" } };
}

function shapeOfFlag({ name, short, kind, help: text, placeholder, choices }: Flag): FlagShape {
	return {
		names: [...(short === undefined ? [] : [`-${short}`]), `--${name}`],
		description: text,
		value: kind === "boolean" ? undefined : valueShape(placeholder ?? "", choices),
	};
}

const help: FlagShape = { names: ["-h", "--help"], description: "print this text", value: undefined };
