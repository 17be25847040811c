import { type FunctionTable, fixed, type GoFunction } from "../functions/function.ts";
import { CallError, type Value } from "../go/value.ts";
import type { Template } from "./ast.ts";
import { execute } from "./execution.ts";
import type { FunctionCheck } from "./parse-pipe.ts";
import { isBlank } from "./parser.ts";
import { locate, TemplateError } from "./template-error.ts";

/** Helm gives up on a template that includes itself more often than this. */
const maxIncludes = 1000;

/** Renders templates that know one another by name, and gives them `include`, which renders one of them. */
export class Engine {
	readonly #templates = new Map<string, Template>();
	readonly #functions: FunctionTable;
	readonly #depths = new Map<string, number>();

	/** Of several definitions of one name the last one counts that is not blank. */
	constructor(templates: Iterable<Template>, functions: FunctionTable) {
		for (const template of templates) {
			if (!this.#templates.has(template.name) || !isBlank(template.body)) {
				this.#templates.set(template.name, template);
			}
		}
		this.#functions = {
			...functions,
			include: fixed(["string", "any"], (name, data) => this.#include(name, data)),
		};
	}

	/** The text that the template makes of `data`, or undefined where there is none. Throws {@link TemplateError}. */
	render(name: string, data: Value): string | undefined {
		const template = this.#templates.get(name);
		// Go writes this for nothing; Helm takes it out of everything it renders.
		return template === undefined ? undefined : this.#execute(template, data).replaceAll("<no value>", "");
	}

	#execute(template: Template, data: Value): string {
		const chunks: string[] = [];
		try {
			execute(template, data, {
				functions: (name) => lookUp(this.#functions, name),
				write: (text) => chunks.push(text),
			});
		} catch (error) {
			throw error instanceof RangeError
				? new TemplateError("templates include one another too deeply", locate(template.source, 0))
				: error;
		}
		return chunks.join("");
	}

	#include(name: string, data: Value): string {
		const depth = this.#depths.get(name) ?? 0;
		if (depth > maxIncludes) {
			throw new CallError(`rendering template has a nested reference name: ${name}`);
		}
		const template = this.#templates.get(name);
		if (template === undefined) {
			throw new CallError(`no template "${name}"`);
		}
		this.#depths.set(name, depth + 1);
		const text = this.#execute(template, data);
		this.#depths.set(name, depth);
		return text;
	}
}

/** What the parser has to say of a function's name. */
export function checkFunction(functions: FunctionTable): FunctionCheck {
	return (name) =>
		name === "include" || lookUp(functions, name) !== undefined
			? undefined
			: `function "${name}" not defined`;
}

/** Own properties alone, so that no template calls `constructor`. */
function lookUp(table: FunctionTable, name: string): GoFunction | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}
