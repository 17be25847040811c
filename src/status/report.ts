import { backendExitCodes, type Failure } from "../command/failure.ts";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { Finding } from "./compare.ts";
import { type Examination, mayBeOurs, type Verdict } from "./examine.ts";
import type { Namespace } from "./namespaces.ts";
import { policyArgs } from "./recover-policy.ts";

/** A namespace and what was seen in it, or why nothing was. */
export type NamespaceReport =
	| { readonly namespace: Namespace; readonly examination: Examination }
	| { readonly namespace: Namespace; readonly failure: Failure };

/** What `--output json` prints; see the help text for what each part means. */
export function makeReport(reports: readonly NamespaceReport[], unseen: readonly number[], isShort: boolean) {
	const verdicts = [...reports.map(verdictOf), ...(isShort ? (["unknown"] as const) : [])];
	return {
		verdict: worst(verdicts),
		...(unseen.length > 0 ? { unseen } : {}),
		namespaces: reports.map(reportOf),
	};
}

export function verdictOf(report: NamespaceReport): Verdict {
	return "failure" in report ? "unknown" : report.examination.verdict;
}

function worst(verdicts: readonly Verdict[]): Verdict {
	const order: readonly Verdict[] = ["drift", "unknown", "in-sync", "no-rules"];
	return order.find((verdict) => verdicts.includes(verdict)) ?? "no-rules";
}

function reportOf(report: NamespaceReport) {
	const { path: netns, ...known } = report.namespace;
	const head = { netns: { path: netns, ...known }, verdict: verdictOf(report) };
	if ("failure" in report) {
		return { ...head, errors: report.failure.messages };
	}
	const { comparedWith, stamp, notRuledOut, policy, held, drift, foreignFirst, others, remarks, notRead } =
		report.examination;
	return {
		...head,
		...(comparedWith === undefined ? {} : { comparedWith }),
		...(stamp === undefined ? {} : { stamp }),
		notRuledOut,
		...(policy === undefined ? {} : { policy: policyArgs(policy) }),
		held: held.map(inWordsOfFlags),
		drift: drift.map(({ kind, ...rest }: Finding) => ({ kind, ...inWordsOfFlags(rest) })),
		foreignFirst: foreignFirst.map(inWordsOfFlags),
		others: others.map(inWordsOfFlags),
		remarks,
		notRead: notRead.map(inWordsOfFlags),
	};
}

/** What is a dialect and a scope inside is a mode and a family to users, as in the report of `shunt init`. */
function inWordsOfFlags<T extends { readonly dialect: unknown; readonly scope: unknown }>({
	dialect: mode,
	scope: family,
	...rest
}: T) {
	return { mode, family, ...rest };
}

/**
 * One for everything. Drift that is certain goes before what could not be seen, of which `short` are the statuses
 * for what may be missing altogether.
 */
export function exitCodeOf(reports: readonly NamespaceReport[], short: readonly ExitCode[]): ExitCode {
	const codes = [
		...reports.map((report) => ("failure" in report ? report.failure.exitCode : codeOf(report.examination))),
		...short,
	];
	const order: readonly ExitCode[] = [
		exitCodes.drift,
		exitCodes.notPermitted,
		exitCodes.failed,
		exitCodes.noDialect,
	];
	return order.find((code) => codes.includes(code)) ?? exitCodes.done;
}

function codeOf({ verdict, notRead, drift }: Examination): ExitCode {
	if (verdict === "unknown") {
		const [first] = notRead.filter(mayBeOurs);
		return first === undefined ? exitCodes.failed : backendExitCodes[first.code];
	}
	return drift.length > 0 ? exitCodes.drift : exitCodes.done;
}
