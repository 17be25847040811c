import type { Flag } from "../../command/flag.ts";
import type { OwnFlagsCommand } from "../commands.ts";
import { type CommandShape, type FlagShape, valueShape } from "./shape.ts";

/** Of a command that reads its own flags. */
export async function shapeOfOwnFlags(command: OwnFlagsCommand): Promise<CommandShape> {
	const flags = await command.flags();
	return { ...command, flags: [...flags.map(shapeOfFlag), help], commands: [], argument: { kind: "other" } };
}

export function shapeOfFlag({ name, short, kind, help: text, placeholder, choices }: Flag): FlagShape {
	return {
		names: [...(short === undefined ? [] : [`-${short}`]), `--${name}`],
		description: text,
		value: kind === "boolean" ? undefined : valueShape(placeholder ?? "", choices),
	};
}

export const help: FlagShape = { names: ["-h", "--help"], description: "print this text", value: undefined };
