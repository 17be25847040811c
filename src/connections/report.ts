import type { Failure } from "../command/failure.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { harmlessJson } from "../domain/harmless.ts";
import type { Namespace } from "../status/namespaces.ts";
import type { Account } from "./account.ts";
import type { Survey } from "./survey.ts";
import { groupsOf, totalsOf } from "./totals.ts";

/** A namespace and what was seen in it, or why nothing was. */
export type NamespaceSurvey =
	| { readonly namespace: Namespace; readonly survey: Survey }
	| { readonly namespace: Namespace; readonly failure: Failure };

/** What `--output json` prints, in pieces, since there may be a hundred thousand connections. */
export function* reportAsJson(
	found: readonly NamespaceSurvey[],
	{ unseen, totalsOnly }: { readonly unseen: readonly number[]; readonly totalsOnly: boolean },
): Generator<string> {
	yield `{${unseen.length > 0 ? `"unseen":${JSON.stringify(unseen)},` : ""}"namespaces":[`;
	for (const [index, one] of found.entries()) {
		yield index === 0 ? "" : ",";
		yield* namespaceAsJson(one, totalsOnly);
	}
	yield "]}\n";
}

function* namespaceAsJson(one: NamespaceSurvey, totalsOnly: boolean): Generator<string> {
	const { path, ...known } = one.namespace;
	const netns = { path, ...known };
	if ("failure" in one) {
		yield harmlessJson({ netns, errors: one.failure.messages });
		return;
	}
	const { connections, ended, unread, notes } = one.survey;
	const byRule = groupsOf(connections).map(({ connections: alike, ...group }) => ({
		...group,
		connections: alike.length,
	}));
	const head = harmlessJson({
		netns,
		totals: { ...totalsOf(connections), ended, byRule },
		notRead: unread,
		notes,
	});
	if (totalsOnly) {
		yield head;
		return;
	}
	yield `${head.slice(0, -1)},"connections":[`;
	for (let start = 0; start < connections.length; start += atOnce) {
		const part = connections
			.slice(start, start + atOnce)
			.map((account) => harmlessJson(accountAsJson(account)));
		yield `${start === 0 ? "" : ","}${part.join()}`;
	}
	yield "]}";
}

const atOnce = 1000;

/** What a rule says at length is said once, in the totals. */
export function accountAsJson({ rule, ...account }: Account) {
	const { name, table, chain, position } = rule ?? {};
	return { ...account, ...(rule === undefined ? {} : { rule: { name, table, chain, position } }) };
}

/** One for everything: what was refused goes before what failed. */
export function exitCodeOf(found: readonly NamespaceSurvey[], short: readonly ExitCode[]): ExitCode {
	const codes = found.flatMap((one): ExitCode[] =>
		"failure" in one
			? [one.failure.exitCode]
			: one.survey.unread.filter(({ isMinor }) => isMinor !== true).map(({ code }) => unreadCodes[code]),
	);
	const all = [...codes, ...short];
	const order: readonly ExitCode[] = [exitCodes.notPermitted, exitCodes.failed, exitCodes.noDialect];
	return order.find((code) => all.includes(code)) ?? exitCodes.done;
}

const unreadCodes = {
	"not-permitted": exitCodes.notPermitted,
	refused: exitCodes.failed,
	"missing-tool": exitCodes.noDialect,
} as const;
