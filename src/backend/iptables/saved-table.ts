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
		const [, userChain] = /^:(\S+) - /.exec(line) ?? [];
		const [, chain, spec] = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line) ?? [];
		if (userChain !== undefined) {
			userChains.push(userChain);
		} else if (chain !== undefined) {
			rules.push({ chain, spec: spec ?? "" });
		}
	}
	return { userChains, rules };
}
