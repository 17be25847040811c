import type { Source } from "./template-error.ts";

/** A template's statements, and the operands of its expressions. Every node knows where it stands. */
export type Statement =
	| { readonly kind: "text"; readonly offset: number; readonly text: string }
	| ActionNode
	| BranchNode;

export interface ActionNode {
	readonly kind: "action";
	readonly offset: number;
	readonly pipe: PipeNode;
}

export interface BranchNode {
	readonly kind: "if" | "with" | "range";
	readonly offset: number;
	readonly pipe: PipeNode;
	readonly body: readonly Statement[];
	readonly otherwise: readonly Statement[] | undefined;
}

export type Operand =
	| { readonly kind: "dot"; readonly offset: number }
	| { readonly kind: "nil"; readonly offset: number }
	| { readonly kind: "bool"; readonly offset: number; readonly value: boolean }
	| {
			readonly kind: "number";
			readonly offset: number;
			readonly text: string;
			readonly value: bigint | number;
	  }
	| { readonly kind: "string"; readonly offset: number; readonly quoted: string; readonly text: string }
	| FieldNode
	| VariableNode
	| ChainNode
	| IdentifierNode
	| PipeNode;

/** `.a.b` */
export interface FieldNode {
	readonly kind: "field";
	readonly offset: number;
	readonly path: readonly [string, ...string[]];
}

/** `$x.a.b`; the name includes its `$`. */
export interface VariableNode {
	readonly kind: "variable";
	readonly offset: number;
	readonly name: string;
	readonly path: readonly string[];
}

/** `(pipeline).a.b` */
export interface ChainNode {
	readonly kind: "chain";
	readonly offset: number;
	readonly base: Operand;
	readonly path: readonly [string, ...string[]];
}

/** A function's name. */
export interface IdentifierNode {
	readonly kind: "identifier";
	readonly offset: number;
	readonly name: string;
}

/** `$x, $y := command | command` */
export interface PipeNode {
	readonly kind: "pipe";
	readonly offset: number;
	readonly assigns: boolean;
	readonly declared: readonly string[];
	readonly commands: readonly CommandNode[];
}

export interface CommandNode {
	readonly offset: number;
	readonly args: readonly [Operand, ...Operand[]];
}

/** A named piece of template: a file or a `define`. */
export interface Template {
	readonly name: string;
	readonly source: Source;
	readonly body: readonly Statement[];
}

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

function printPipe(pipe: PipeNode): string {
	const commands = pipe.commands.map(printCommand).join(" | ");
	return pipe.declared.length === 0
		? commands
		: `${pipe.declared.join(", ")} ${pipe.assigns ? "=" : ":="} ${commands}`;
}
