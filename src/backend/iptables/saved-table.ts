/** The nat table of one family, as iptables-save printed it. */
export interface SavedTable {
	/** Chains that a program made; the kernel's own are not among them. */
	readonly userChains: readonly string[];
	/** In the table's order. */
	readonly rules: readonly SavedRule[];
}

export interface SavedRule {
	readonly chain: string;
	/** What stands behind `-A CHAIN`, exactly: iptables-restore takes it back as it is. */
	readonly spec: string;
}

export const emptyTable: SavedTable = { userChains: [], rules: [] };

/** Reads `iptables-save -t nat`. Comment lines, policies and counters carry nothing for us. */
export function parseSave(output: string): SavedTable {
	const userChains: string[] = [];
	const rules: SavedRule[] = [];
	for (const line of output.split("\n")) {
		const [, userChain] = line.startsWith(":") ? (/^:(\S+) - /.exec(line) ?? []) : [];
		if (userChain !== undefined) {
			userChains.push(userChain);
		}
		const rule = ruleIn(line);
		if (rule !== undefined) {
			rules.push(rule);
		}
	}
	return { userChains, rules };
}

/** Without an expression: there may be tens of thousands of these lines. */
function ruleIn(line: string): SavedRule | undefined {
	const start = line.startsWith("[") ? line.indexOf("] ") + 2 : 0;
	if (!line.startsWith("-A ", start)) {
		return undefined;
	}
	const blank = line.indexOf(" ", start + 3);
	return blank < 0
		? { chain: line.slice(start + 3), spec: "" }
		: { chain: line.slice(start + 3, blank), spec: line.slice(blank + 1) };
}
