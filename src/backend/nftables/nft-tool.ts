import type { Command, CommandResult, Host } from "../../host/host.ts";
import type { NatTable } from "../../rules/ruleset.ts";
import { BackendError } from "../backend-error.ts";
import { toolFailure } from "../tool-failure.ts";
import { listingEntries, readListing } from "./read.ts";
import { table } from "./render.ts";
import { ownCommentIn } from "./texts.ts";

/** The `nft` program, found and ready to run. */
export interface NftTool {
	/** Applies one transaction, with `whileRunning` as in {@link Host.run}. Undefined where it worked. */
	apply(input: string, whileRunning?: () => void): BackendError | undefined;
	/** Reads our table, which must exist. Changes nothing. */
	list(): NatTable | BackendError;
}

const timeoutMs = 60_000;

/** What nft is asked for our table as people see it. */
export const listOwn = ["list", "table", table.family, table.name] as const;

/** Throws {@link BackendError} when `nft` is not installed. */
export function openNft(host: Host): NftTool {
	const path = host.find("nft");
	if (path === undefined) {
		throw new BackendError(
			"missing-tool",
			`nft: not found in PATH (${host.env("PATH") ?? "which is not set"})`,
		);
	}
	const run = (
		command: Command,
		whileRunning?: () => void,
	): [CommandResult | undefined, BackendError | undefined] => {
		const [result] = host.run([command], whileRunning);
		return [result, result && toolFailure(host, command, result)];
	};
	return {
		apply: (input, whileRunning) =>
			run({ argv: [path, "-f", "-"], stdin: input, timeoutMs }, whileRunning)[1],
		list: () => {
			// Numbers, not the names that this machine's user database happens to have for them.
			const command: Command = { argv: [path, "-n", "-j", "list", "table", "inet", "shunt"], timeoutMs };
			const [result, failure] = run(command);
			const listed = failure ?? ownTable(result?.stdout ?? "");
			if (listed === undefined) {
				return new BackendError("refused", "nft: its listing of table inet shunt cannot be read");
			}
			if (listed instanceof BackendError || listed.comment !== undefined) {
				return listed;
			}
			// What JSON did not tell, if the text for people does (commentOf in read.ts).
			const [text, noText] = run({ argv: [path, ...listOwn], timeoutMs });
			const comment = ownCommentIn(text?.stdout ?? "");
			return noText ?? (comment === undefined ? listed : { ...listed, comment });
		},
	};
}

function ownTable(json: string): NatTable | undefined {
	return readListing(listingEntries(json) ?? []).find((listed) => isOurTable(listed.table))?.table;
}

/** Whether it is our table, in which nobody else's rules live. */
export function isOurTable({ dialect, scope, name }: Omit<NatTable, "chains">): boolean {
	return dialect === "nftables" && scope === table.family && name === table.name;
}

/** Whether our table is there, learnt without starting a process. Throws {@link BackendError} where that cannot be told. */
export function hasOurTable(host: Host): boolean {
	const isThere = seesOurTable(host);
	const hidden = isThere ? undefined : host.hiddenNftTables();
	if (hidden !== undefined) {
		throw new BackendError(
			hidden.code,
			`whether there is a table inet shunt could not be seen: ${hidden.why}`,
		);
	}
	return isThere;
}

/** Whether it can be seen to be there: where not, it may yet be. */
export function seesOurTable(host: Host): boolean {
	return host.nftTables()?.some(({ family, name }) => family === "inet" && name === "shunt") === true;
}
