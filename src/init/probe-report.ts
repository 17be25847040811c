import type { KernelTable } from "../backend/backend.ts";
import type { BackendErrorCode } from "../backend/backend-error.ts";
import { backendOf } from "../backend/backends.ts";
import type { Trial } from "../backend/probe.ts";
import { type Dialect, dialects } from "../domain/mode.ts";
import { version } from "../domain/version.ts";
import type { Command, Host } from "../host/host.ts";
import type { ProbeOptions } from "./probe-options.ts";
import type { TrialGround } from "./trial-ground.ts";

/** What `shunt init --probe` prints: one JSON object on one line. */
export interface ProbeReport {
	/** Of the program that looked. */
	readonly version: string;
	/** The kernel's release, or null where /proc does not tell. */
	readonly kernel: string | null;
	readonly mode: { readonly asked: string; readonly served: boolean };
	readonly families: readonly string[];
	/** The user whose connections the trial's rule let pass, or null for a trial without one. */
	readonly proxyUid: number | null;
	readonly dialects: Readonly<Record<Dialect, DialectReport>>;
	/** What each program says of its version; null where it is not installed or does not say. */
	readonly tools: Readonly<Record<string, string | null>>;
	/** The trial took place in a network namespace made for it, or in this one. */
	readonly namespace: TrialGround;
	/** Empty tables that the kernel made for the trial in this namespace, and that stay in it. */
	readonly left: readonly { readonly mode: string; readonly family: string }[];
}

export type DialectReport =
	| { readonly ok: true }
	/** The tool's own first line, and what kind of failure it is. */
	| { readonly ok: false; readonly code: BackendErrorCode; readonly message: string };

export interface ProbeFindings {
	readonly trials: readonly Trial[];
	readonly isServed: boolean;
	readonly ground: TrialGround;
	readonly left: readonly KernelTable[];
}

export function makeProbeReport(host: Host, options: ProbeOptions, findings: ProbeFindings): ProbeReport {
	return {
		version,
		kernel: host.kernelRelease(),
		mode: { asked: options.mode, served: findings.isServed },
		families: options.families,
		proxyUid: options.uid ?? null,
		dialects: Object.fromEntries(
			findings.trials.map(({ dialect, failure }) => [
				dialect,
				failure === undefined ? { ok: true } : { ok: false, code: failure.code, message: failure.message },
			]),
		) as Record<Dialect, DialectReport>,
		tools: versionsOf(host),
		namespace: findings.ground,
		left: findings.left.map(({ dialect: mode, scope: family }) => ({ mode, family })),
	};
}

const programs: readonly string[] = dialects.flatMap((dialect) => backendOf(dialect).programs);

/** A program that prints its version does nothing else. */
function versionsOf(host: Host): Record<string, string | null> {
	const installed = programs.flatMap((name) => {
		const path = host.find(name);
		return path === undefined ? [] : [{ name, path }];
	});
	const commands = installed.map(({ path }): Command => ({ argv: [path, "--version"], timeoutMs: 10_000 }));
	const results = commands.length === 0 ? [] : host.run(commands);
	const said = new Map(
		installed.map(({ name }, index) => {
			const [line = ""] = results[index]?.stdout.split("\n") ?? [];
			return [name, line.trim() || null];
		}),
	);
	return Object.fromEntries(programs.map((name) => [name, said.get(name) ?? null]));
}
