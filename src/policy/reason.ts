import { type AnyRow, inbound, outbound } from "./fields.ts";

/** Why a rule exists: a stable id, kept in the kernel as the beginning of the rule's comment. */
export type Reason =
	| Extract<AnyRow, { readonly rule: unknown }>["rule"]["reason"]
	| Extract<AnyRow, { readonly takes: "nothing" }>["reason"];

export function reasonOfRow(row: AnyRow): Reason {
	return row.takes === "nothing" ? row.reason : row.rule.reason;
}

export const reasons: readonly Reason[] = [...new Set([...inbound, ...outbound].map(reasonOfRow))];
