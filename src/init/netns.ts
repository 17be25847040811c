import { parseWholeNumber } from "../domain/number.ts";
import { ok, type Result } from "../domain/problem.ts";
import { type Host, HostError } from "../host/host.ts";
import { badInput, environmentFailure, type Failure } from "./failure.ts";

/** A network namespace that a user named. */
export interface NamedNetns {
	readonly path: string;
	readonly flag: "--netns" | "--pid";
	/** What was written behind the flag. */
	readonly given: string;
}

/** A path, or without a slash the name under which `ip netns` keeps one. Empty means none, as it always has. */
export function parseNetns(text: string): Result<NamedNetns | undefined> {
	const path = text.includes("/") ? text : `/run/netns/${text}`;
	return ok(text === "" ? undefined : { path, flag: "--netns", given: text });
}

/** PID_MAX_LIMIT in linux/threads.h is 4194304. */
export function parsePid(text: string, source: string): Result<NamedNetns> {
	const pid = parseWholeNumber(text, { source, noun: "process id", min: 1, max: 4_194_304 });
	return pid.ok ? ok({ path: `/proc/${pid.value}/ns/net`, flag: "--pid", given: text }) : pid;
}

/** Goes there. A name that leads nowhere is the user's mistake; not being let in is not. */
export function enterNamedNetns(host: Host, netns: NamedNetns | undefined): Failure | undefined {
	if (netns === undefined) {
		return undefined;
	}
	try {
		host.enterNetns(netns.path);
		return undefined;
	} catch (error) {
		if (error instanceof HostError && (error.code === "not-found" || error.code === "invalid")) {
			return badInput([{ source: netns.flag, value: netns.given, ...mistakes[netns.flag] }]);
		}
		return environmentFailure(error);
	}
}

const mistakes = {
	"--netns": {
		complaint: "is not a network namespace",
		accepted: "a path such as /proc/PID/ns/net, or a name in /run/netns",
	},
	"--pid": {
		complaint: "is not a running process",
		accepted: "the id of one that runs on this machine",
	},
} as const;
