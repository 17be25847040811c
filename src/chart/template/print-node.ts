import type { CommandNode, Operand, PipeNode } from "./ast.ts";

/** An expression as Go's error messages print it: spaces normalized, strings as they were written. */
export function printOperand(node: Operand): string {
	switch (node.kind) {
		case "dot":
			return ".";
		case "nil":
			return "nil";
		case "bool":
			return String(node.value);
		case "number":
			return node.text;
		case "string":
			return node.quoted;
		case "field":
			return `.${node.path.join(".")}`;
		case "variable":
			return [node.name, ...node.path].join(".");
		case "identifier":
			return node.name;
		case "chain":
			return `${printArgument(node.base)}.${node.path.join(".")}`;
		case "pipe":
			return printPipe(node);
	}
}

function printArgument(node: Operand): string {
	return node.kind === "pipe" ? `(${printPipe(node)})` : printOperand(node);
}

export function printCommand(command: CommandNode): string {
	return command.args.map(printArgument).join(" ");
}

export function printPipe(pipe: PipeNode): string {
	const commands = pipe.commands.map(printCommand).join(" | ");
	return pipe.declared.length === 0
		? commands
		: `${pipe.declared.join(", ")} ${pipe.assigns ? "=" : ":="} ${commands}`;
}
