/** An element that nobody shows: enough of the DOM to make a page's parts of, and to read them as markup. */
export class FakeElement {
	readonly name: string;
	readonly attributes = new Map<string, string>();
	readonly children: (FakeElement | string)[] = [];

	constructor(name: string) {
		this.name = name;
	}

	setAttribute(name: string, value: string): void {
		this.attributes.set(name, value);
	}

	append(...children: readonly (FakeElement | string)[]): void {
		this.children.push(...children);
	}

	/** What is said in it, without markup. */
	get textContent(): string {
		return this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
	}

	/** All elements of a name in it, in order. */
	all(name: string): FakeElement[] {
		return this.children.flatMap((child) =>
			typeof child === "string" ? [] : [...(child.name === name ? [child] : []), ...child.all(name)],
		);
	}

	toString(): string {
		const attributes = [...this.attributes].map(([name, value]) => ` ${name}="${value}"`).join("");
		return `<${this.name}${attributes}>${this.children.join("")}</${this.name}>`;
	}
}

/** Makes `document` one that makes such elements, and answers with what takes it away again. */
export function installDocument(): () => void {
	const document = {
		createElement: (name: string) => new FakeElement(name),
		createElementNS: (_: string, name: string) => new FakeElement(name),
	};
	Reflect.set(globalThis, "document", document);
	return () => Reflect.deleteProperty(globalThis, "document");
}

/** An element of the page as what it is in a test. */
export function fake(element: unknown): FakeElement {
	if (!(element instanceof FakeElement)) {
		throw new Error("an element of another document");
	}
	return element;
}
