import { ClusterError } from "../../kube/cluster-error.ts";
import { reportIfSlow } from "../io.ts";
import type { Check, CheckContext, Outcome } from "./check.ts";

export interface CheckResult {
	readonly check: Check;
	readonly outcome: Outcome;
}

export interface CategoryResult {
	readonly name: string;
	readonly results: readonly CheckResult[];
}

interface Patience {
	/** How long all of it may take, in milliseconds, where something is worth waiting for. */
	readonly waitMs: number;
	now(): number;
	/** Resolves after so many milliseconds, or earlier where the run is to end. */
	sleep(milliseconds: number): Promise<void>;
	/** True once the run is to end. */
	isStopped(): boolean;
	/** Tells a person what is waited for. */
	progress(text: string): void;
}

const pauseMs = 2000;

/** In the order given. What may yet come true is tried again until the time is up; after a fatal failure the rest is skipped. */
export async function runChecks(
	categories: readonly { readonly name: string; readonly checks: readonly Check[] }[],
	context: CheckContext,
	patience: Patience,
): Promise<CategoryResult[]> {
	const deadline = patience.now() + patience.waitMs;
	const run: CategoryResult[] = [];
	let obstacle: string | undefined;
	for (const { name, checks } of categories) {
		const results: CheckResult[] = [];
		for (const check of checks) {
			const reason = patience.isStopped() ? "interrupted" : obstacle;
			const outcome: Outcome =
				reason === undefined
					? await patiently(check, context, { ...patience, deadline })
					: { kind: "skipped", reason };
			results.push({ check, outcome });
			obstacle ??= obstacleOf(check, outcome);
		}
		run.push({ name, results });
	}
	return run;
}

function obstacleOf(check: Check, { kind }: Outcome): string | undefined {
	return check.isFatal === true && kind === "failed"
		? `not known, because this is not true: ${check.description}`
		: undefined;
}

async function patiently(
	check: Check,
	context: CheckContext,
	patience: Patience & { readonly deadline: number },
): Promise<Outcome> {
	let told: string | undefined;
	for (;;) {
		const outcome = await reportIfSlow(
			() => patience.progress(`looking: ${check.description}`),
			() => attempt(check, context),
		);
		const left = patience.deadline - patience.now();
		if (outcome.kind !== "failed" || check.isWorthWaiting !== true || left <= 0 || patience.isStopped()) {
			return outcome;
		}
		if (told !== outcome.message) {
			told = outcome.message;
			patience.progress(`waiting: ${check.description}: ${told}`);
		}
		await patience.sleep(Math.min(pauseMs, left));
	}
}

/** Not being allowed to look says nothing about what would be seen. */
async function attempt(check: Check, context: CheckContext): Promise<Outcome> {
	try {
		return await check.run(context);
	} catch (error) {
		if (!(error instanceof ClusterError)) {
			throw error;
		}
		return error.code === "forbidden" && check.isFatal !== true
			? { kind: "warning", message: `could not be looked at: ${error.message}` }
			: { kind: "failed", message: error.message };
	}
}

export function isSuccess(run: readonly CategoryResult[]): boolean {
	return run.every(({ results }) => results.every(({ outcome }) => outcome.kind !== "failed"));
}
