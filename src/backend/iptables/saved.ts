import { isIptables } from "../../domain/mode.ts";
import type { Gap, NatTable } from "../../rules/ruleset.ts";
import type { Answer, Question } from "../ask-tools.ts";
import type { KernelTable } from "../backend.ts";
import { readTable, wordsIn } from "./read.ts";
import { toolsOf } from "./tools.ts";

/** A table that iptables-save printed whole, for what it knows of it. */
export interface SavedTable {
	readonly table: NatTable;
	/** Whether it has left out base chains of names and places that are not iptables', which it says. */
	readonly isWhole: boolean;
	/** Whether there is a rule that does not carry one of our comments: ours were made by iptables, which shows them right. */
	readonly hasForeignRules: boolean;
}

export function saveQuestion(table: KernelTable): Question {
	return { program: saverOf(table), args: ["-t", "nat"] };
}

function saverOf({ dialect, scope }: KernelTable): string {
	return isIptables(dialect) && scope !== "inet" ? toolsOf(dialect, scope).save : "";
}

/**
 * Of a table that it cannot read, iptables-nft-save prints no more than that it is incompatible, and succeeds. What ends
 * before its COMMIT is not all that there is.
 */
export function savedTable({ dialect, scope }: KernelTable, answer: Answer | undefined): SavedTable[] {
	if (answer?.kind !== "printed" || !isTable(answer.text) || !isIptables(dialect) || scope === "inet") {
		return [];
	}
	const { text } = answer;
	const isWhole = !(text.includes("# Table `nat' ") && /^# Table `nat' .*incompatible/m.test(text));
	const table = readTable(text, dialect, scope);
	const hasForeignRules = table.chains.some((chain) => !wordsIn(chain).every(isCommentedAsOurs));
	return [{ table, isWhole, hasForeignRules }];
}

function isCommentedAsOurs(spec: string): boolean {
	return ourComments.some((comment) => spec.includes(comment));
}

const ourComments = ['-m comment --comment "proxy-init/', "-m comment --comment proxy-init/"] as const;

function isTable(text: string): boolean {
	return hasLine(text, "*nat") && hasLine(text, "COMMIT");
}

/** Without an expression: the text may be of tens of thousands of lines. */
function hasLine(text: string, line: string): boolean {
	return text.startsWith(`${line}\n`) || text.includes(`\n${line}\n`) || text.endsWith(`\n${line}`);
}

/** A table that should have been printed and was not. Where iptables-nft prints nothing, nft does: that is no gap yet. */
export function unsavedTable(table: KernelTable, answer: Answer | undefined): Gap[] {
	if (answer?.kind === "failed") {
		return [gap(table, answer)];
	}
	const why = `${saverOf(table)} did not print it, or not to its end`;
	return table.subsystem === "x_tables" && !isTable(answer?.text ?? "")
		? [gap(table, { why, code: "refused" })]
		: [];
}

/** Whether the program answered, but would not show the table for what nft has put there. */
export function isWithheld({ subsystem }: KernelTable, answer: Answer | undefined): boolean {
	return subsystem === "nf_tables" && answer?.kind === "printed" && !isTable(answer.text);
}

/** A table that is withheld although chains of ours are in it. */
export function withheldTable(table: KernelTable): Gap {
	const why = `${saverOf(table)} does not show it, since it holds rules that nft made`;
	return gap(table, { why, code: "refused" });
}

function gap({ dialect, scope, name }: KernelTable, { why, code }: Pick<Gap, "why" | "code">): Gap {
	return { dialect, scope, table: name, why, code };
}
