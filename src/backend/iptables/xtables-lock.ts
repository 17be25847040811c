import type { Host } from "../../host/host.ts";
import { BackendError, type Known } from "../backend-error.ts";
import { notWaitedFor } from "../impatient.ts";
import { lockFailure } from "../kernel-failure.ts";
import { lockHolder, lockPath } from "./tools.ts";

/**
 * For how many seconds a held lock is waited for: as `-w` asks, or else a little all the same, since every holder is
 * another short run like ours. What is longer than the first is said in the log.
 */
const patience = { silent: 2, asked: 60, unasked: 10 } as const;

const held: Known = { obstacle: "held-lock" };

/** Does something while no tool of iptables writes. Throws {@link BackendError} where the lock is not to be had. */
export function withXtablesLock<T>(host: Host, wait: boolean, use: () => T): T {
	const release = takeLock(host, wait);
	try {
		return use();
	} finally {
		release();
	}
}

function takeLock(host: Host, wait: boolean): () => void {
	const path = lockPath(host);
	const first = host.lock(path, patience.silent * 1000);
	if (typeof first === "function") {
		return first;
	}
	if (first.name === notWaitedFor) {
		throw new BackendError("no-answer", `${lockHolder(host)} holds the xtables lock`, held);
	}
	if (first.name !== "EAGAIN") {
		throw lockFailure(host, path, first);
	}
	const seconds = wait ? patience.asked : patience.unasked;
	const limit = wait
		? `without --use-wait-flag ${patience.unasked} s`
		: `with --use-wait-flag ${patience.asked} s`;
	host.log(`waiting up to ${seconds} s (${limit}) for the xtables lock, held by ${lockHolder(host)}`);
	const second = host.lock(path, (seconds - patience.silent) * 1000);
	if (typeof second === "function") {
		return second;
	}
	throw new BackendError(
		"no-answer",
		`${lockHolder(host)} has been holding the xtables lock for more than ${seconds} s`,
		held,
	);
}
