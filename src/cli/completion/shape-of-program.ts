import { loadCommands, ownFlagsCommands } from "../commands.ts";
import type { CommandShape } from "./shape.ts";
import { shapeOfCommand } from "./shape-of-commander.ts";
import { help, shapeOfFlag, shapeOfOwnFlags } from "./shape-of-flags.ts";

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
