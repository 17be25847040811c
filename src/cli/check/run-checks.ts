import { ClusterError } from "../../kube/cluster-error.ts";
import type { Category, Check, Inquiry } from "./check.ts";
import type { Outcome } from "./outcome.ts";

export interface CheckResult {
	readonly check: Check;
	readonly outcome: Outcome;
}

export interface CategoryResult {
	readonly name: string;
	readonly results: readonly CheckResult[];
}

export interface Patience {
	/** How long all of it may take, in milliseconds, where something is worth waiting for. */
	readonly waitMs: number;
	now(): number;
	/** Resolves after so many milliseconds, or earlier where the run is to end. */
	sleep(milliseconds: number): Promise<void>;
	/** True once the run is to end. */
	isStopped(): boolean;
	/** Tells a person what is waited for. */
	progress(text: string): void;
	/** Does something, and says what it is if that takes long. */
	aloud<T>(what: string, action: () => Promise<T>): Promise<T>;
}

const pauseMs = 2000;

/** In the order given. What may yet come true is tried again until the time is up; after a fatal failure the rest is skipped. */
export async function runChecks(
	categories: readonly Category[],
	inquiry: Inquiry,
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
					? await patiently(check, inquiry, { ...patience, deadline })
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
	inquiry: Inquiry,
	patience: Patience & { readonly deadline: number },
): Promise<Outcome> {
	let told: string | undefined;
	for (;;) {
		const outcome = await patience.aloud(check.description, () => attempt(check, inquiry));
		const left = patience.deadline - patience.now();
		if (outcome.kind !== "failed" || !check.isWorthWaiting || left <= 0 || patience.isStopped()) {
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
async function attempt(check: Check, inquiry: Inquiry): Promise<Outcome> {
	try {
		return await check.run(inquiry);
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
