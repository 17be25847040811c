import type { Command, Option } from "commander";
import { type CommandShape, choicesIn, type FlagShape, valueShape } from "./shape.ts";

/** Hidden commands and options stay hidden. */
export function shapeOfCommand(command: Command): CommandShape {
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
