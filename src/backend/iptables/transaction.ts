import type { BackendError } from "../backend-error.ts";
import type { Jump, OwnState } from "./own-state.ts";

/**
 * The input for one `iptables-restore --noflush` that turns our part of the nat table from `current` into
 * `target` and leaves the rest alone. The tool applies the whole of it or nothing (iptables-restore(8); the legacy
 * variant replaces the table in one system call, the nft variant sends one netlink batch).
 *
 * It is an optimistic transaction, good only while `current` still holds: chains that should be new are made with `-N` and jumps that should go are
 * deleted by their exact words, so that a table which somebody changed meanwhile refuses the whole.
 */
export function transaction(current: OwnState, target: OwnState): string {
	const has = (state: OwnState, name: string) => state.chains.some((chain) => chain.name === name);
	const goneChains = current.chains.filter((chain) => !has(target, chain.name));
	const { removed, added } = jumpChanges(current.jumps, target.jumps);
	const lines = [
		// A chain's line with --noflush empties a chain that exists; `-N` fails on one.
		...target.chains.map(({ name }) => (has(current, name) ? `:${name} - [0:0]` : `-N ${name}`)),
		...target.chains.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
		...removed.map((jump) => `-D ${jump.from} ${jump.spec}`),
		...added.map(renderJump),
		...goneChains.map(({ name }) => `-F ${name}`),
		...goneChains.map(({ name }) => `-X ${name}`),
	];
	return `${["*nat", ...lines, "COMMIT"].join("\n")}\n`;
}

function renderJump(jump: Jump): string {
	return jump.position === undefined
		? `-A ${jump.from} ${jump.spec}`
		: `-I ${jump.from} ${jump.position} ${jump.spec}`;
}

/**
 * Which jumps to delete and to add. A jump that is there as often as it should be stays where it is. Otherwise every
 * copy goes and the right number comes back: of two runs that both see two copies, the second then fails and looks
 * again, where deleting only the surplus twice would leave none.
 */
function jumpChanges(current: readonly Jump[], target: readonly Jump[]) {
	if (current.length === 0) {
		return { removed: [], added: target };
	}
	const removed: Jump[] = [];
	const added: Jump[] = [];
	const all = [...current, ...target];
	for (const kind of all.filter((jump, index) => all.findIndex((other) => alike(other, jump)) === index)) {
		const before = current.filter((jump) => alike(jump, kind));
		const after = target.filter((jump) => alike(jump, kind));
		if (before.length !== after.length) {
			removed.push(...before);
			added.push(...after);
		}
	}
	return { removed, added };
}

function alike(a: Jump, b: Jump): boolean {
	return a.from === b.from && a.spec === b.spec;
}

/**
 * How often a transaction is tried on what another reading has found. An attempt is lost to others who changed the table
 * in between, and each of those is done after a few attempts of its own, so this is enough for a crowd of rivals.
 */
export const maxAttempts = 100;

/**
 * How often in a row a transaction may fail on a table that is as we believed. It may have been changed and changed back
 * between our transaction and our reading (one program sets up while another cleans), so a refusal means little until
 * it repeats itself. Other failures are not about the table, nor is what the kernel lacks.
 */
export function maxRefusals(failure: BackendError | undefined): number {
	return failure?.code === "refused" && failure.lack === undefined ? 8 : 1;
}
