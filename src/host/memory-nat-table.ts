/**
 * A nat table of the fake kernel: what `iptables-restore --noflush` and `iptables-save` do to the real one, for the
 * part of their language that rules in canonical form need. A restore applies whole or not at all.
 */
export class MemoryNatTable {
	#chains = new Map<string, readonly string[]>(builtIn.map((name) => [name, []]));

	/** The complaint about the line that failed, or undefined. */
	restore(input: string): string | undefined {
		const before = new Map(this.#chains);
		for (const [index, line] of input.split("\n").entries()) {
			const complaint = this.#apply(line);
			if (complaint !== undefined) {
				this.#chains = before;
				return `line ${index + 1} failed: ${complaint}`;
			}
		}
		return undefined;
	}

	/** Whether there is no chain but the kernel's own and no rule in any of them. */
	isEmpty(): boolean {
		return [...this.#chains].every(([name, rules]) => builtIn.includes(name) && rules.length === 0);
	}

	save(): string {
		const names = [...this.#chains.keys()];
		const user = names.filter((name) => !builtIn.includes(name)).sort();
		return [
			"*nat",
			...builtIn.map((name) => `:${name} ACCEPT [0:0]`),
			...user.map((name) => `:${name} - [0:0]`),
			...[...builtIn, ...user].flatMap((name) => this.#rules(name).map((rule) => `-A ${name} ${rule}`)),
			"COMMIT",
			"",
		].join("\n");
	}

	#apply(line: string): string | undefined {
		const [, command = "", chain = "", rest = ""] =
			/^(\*nat|COMMIT|:|-\S+)?\s?(\S*)\s?(.*)$/.exec(line) ?? [];
		switch (command) {
			case ":":
				this.#chains.set(chain, builtIn.includes(chain) ? this.#rules(chain) : []);
				return undefined;
			case "-N":
				return this.#chains.has(chain) ? "Chain already exists." : this.#set(chain, []);
			case "-A":
				return this.#insert(chain, this.#rules(chain).length, rest);
			case "-I": {
				const [, position = "1", spec = ""] = /^(\d+) (.*)$/.exec(rest) ?? [];
				return this.#insert(chain, Number(position) - 1, spec);
			}
			case "-D":
				return this.#remove(chain, rest);
			case "-F":
				return this.#chains.has(chain) ? this.#set(chain, []) : noChain;
			case "-X":
				return this.#deleteChain(chain);
			default:
				return undefined;
		}
	}

	#rules(chain: string): readonly string[] {
		return this.#chains.get(chain) ?? [];
	}

	#set(chain: string, rules: readonly string[]): undefined {
		this.#chains.set(chain, rules);
	}

	#insert(chain: string, index: number, spec: string): string | undefined {
		const target = targetOf(spec);
		const isTargetKnown = target === undefined || extensions.has(target) || this.#chains.has(target);
		return this.#chains.has(chain) && isTargetKnown && index <= this.#rules(chain).length
			? this.#set(chain, this.#rules(chain).toSpliced(index, 0, spec))
			: noChain;
	}

	#remove(chain: string, spec: string): string | undefined {
		const index = this.#rules(chain).indexOf(spec);
		return index < 0
			? "Bad rule (does a matching rule exist in that chain?)."
			: this.#set(chain, this.#rules(chain).toSpliced(index, 1));
	}

	#deleteChain(chain: string): string | undefined {
		const isUsed = [...this.#chains.values()].flat().some((rule) => targetOf(rule) === chain);
		if (!this.#chains.has(chain)) {
			return noChain;
		}
		if (isUsed || this.#rules(chain).length > 0) {
			return isUsed ? "Too many links." : "Directory not empty.";
		}
		this.#chains.delete(chain);
		return undefined;
	}
}

const builtIn: readonly string[] = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"];
const extensions: ReadonlySet<string> = new Set([
	"RETURN",
	"REDIRECT",
	"ACCEPT",
	"DROP",
	"DNAT",
	"SNAT",
	"MASQUERADE",
]);
const noChain = "No chain/target/match by that name.";

function targetOf(spec: string): string | undefined {
	return /(?:^| )-[jg] (\S+)/.exec(spec)?.[1];
}
