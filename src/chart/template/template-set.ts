import type { Template } from "./ast.ts";
import { isBlank } from "./parser.ts";

/** All templates that can call one another by name. */
export class TemplateSet {
	readonly #templates: Map<string, Template>;

	constructor(templates: Iterable<readonly [string, Template]> = []) {
		this.#templates = new Map(templates);
	}

	/** A later definition replaces an earlier one of the same name, unless it is blank. */
	add(templates: readonly Template[]): void {
		for (const template of templates) {
			if (!this.#templates.has(template.name) || !isBlank(template.body)) {
				this.#templates.set(template.name, template);
			}
		}
	}

	get(name: string): Template | undefined {
		return this.#templates.get(name);
	}

	/** What is added to the copy, the original does not see. */
	copy(): TemplateSet {
		return new TemplateSet(this.#templates);
	}
}
