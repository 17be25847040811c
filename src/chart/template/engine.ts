import { type FunctionTable, fixed, type GoFunction } from "../functions/function.ts";
import { CallError } from "../go/call-error.ts";
import { normalize } from "../go/utf8.ts";
import type { Value } from "../go/value.ts";
import type { Template } from "./ast.ts";
import { execute } from "./execution.ts";
import type { FunctionCheck } from "./parse-pipe.ts";
import { parseTemplates } from "./parser.ts";
import { locate } from "./source.ts";
import { TemplateError } from "./template-error.ts";
import type { TemplateSet } from "./template-set.ts";

/** Helm gives up on a template that includes itself more often than this. */
const maxIncludes = 1000;
const tplName = "text given to tpl";

/** Renders templates of a set, and gives them `include` and `tpl`, which render more of it. */
export class Engine {
	readonly #templates: TemplateSet;
	readonly #functions: FunctionTable;
	readonly #own: FunctionTable;
	readonly #depths: Map<string, number>;

	constructor(templates: TemplateSet, functions: FunctionTable, depths = new Map<string, number>()) {
		this.#templates = templates;
		this.#functions = functions;
		this.#depths = depths;
		this.#own = {
			include: fixed(["string", "any"], (name, data) => this.#include(name, data)),
			tpl: fixed(["string", "any"], (text, data) => this.#tpl(text, data)),
		};
	}

	/** The text that the template makes of `data`. Throws {@link TemplateError}. */
	render(template: Template, data: Value): string {
		return withoutNoValue(this.#execute(template, data));
	}

	#execute(template: Template, data: Value): string {
		const chunks: string[] = [];
		try {
			execute(template, data, {
				functions: (name) => this.#function(name),
				template: (name) => this.#templates.get(name),
				write: (text) => chunks.push(text),
			});
		} catch (error) {
			throw error instanceof RangeError ? tooDeep(template) : error;
		}
		return normalize(chunks.join(""));
	}

	#function(name: string): GoFunction | undefined {
		return lookUp(this.#own, name) ?? lookUp(this.#functions, name);
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

	/** What the text defines, only the text can use. */
	#tpl(text: string, data: Value): string {
		const templates = this.#templates.copy();
		const engine = new Engine(templates, this.#functions, this.#depths);
		const parsed = parseTemplates({ name: tplName, text }, checkFunction(this.#functions));
		templates.add(parsed.filter(({ name }) => name !== tplName));
		const main = parsed.find(({ name }) => name === tplName);
		return main === undefined ? "" : engine.render(main, data);
	}
}

/** What the parser has to say of a function's name. */
export function checkFunction(functions: FunctionTable): FunctionCheck {
	return (name) => {
		const known = name === "include" || name === "tpl" || lookUp(functions, name) !== undefined;
		return known ? undefined : `function "${name}" not defined`;
	};
}

/** Own properties alone, so that no template calls `constructor`. */
export function lookUp(table: FunctionTable, name: string): GoFunction | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Go writes this for nothing; Helm takes it out of everything it renders. */
function withoutNoValue(text: string): string {
	return text.replaceAll("<no value>", "");
}

function tooDeep(template: Template): TemplateError {
	return new TemplateError("templates include one another too deeply", locate(template.source, 0));
}
