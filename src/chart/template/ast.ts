import type { GoInt } from "../go/value.ts";
import type { Source } from "./source.ts";

/** A template's statements, and the operands of its expressions. Every node knows where it stands. */
export type Statement =
	| TextNode
	| ActionNode
	| BranchNode
	| TemplateNode
	| { readonly kind: "break"; readonly offset: number }
	| { readonly kind: "continue"; readonly offset: number };

export interface TextNode {
	readonly kind: "text";
	readonly offset: number;
	readonly text: string;
}

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

/** `{{ template "name" pipeline }}`. */
export interface TemplateNode {
	readonly kind: "template";
	readonly offset: number;
	readonly name: string;
	readonly pipe: PipeNode | undefined;
}

export type Operand =
	| { readonly kind: "dot"; readonly offset: number }
	| { readonly kind: "nil"; readonly offset: number }
	| { readonly kind: "bool"; readonly offset: number; readonly value: boolean }
	| NumberNode
	| StringNode
	| FieldNode
	| VariableNode
	| ChainNode
	| IdentifierNode
	| PipeNode;

/** Under every type that can hold it, because only the parameter that it meets says which is meant. */
export interface NumberNode {
	readonly kind: "number";
	readonly offset: number;
	readonly text: string;
	readonly int: GoInt | undefined;
	readonly float: number | undefined;
	/** What it is where nothing says which type is meant. */
	readonly ideal: GoInt | number | undefined;
}

export interface StringNode {
	readonly kind: "string";
	readonly offset: number;
	readonly quoted: string;
	readonly text: string;
}

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

/** A named piece of template: a file, a `define` or a `block`. */
export interface Template {
	readonly name: string;
	readonly source: Source;
	readonly body: readonly Statement[];
}
