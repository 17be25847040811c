import { closeSync, openSync, readSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const state =
	process.env["CLUSTER_STATE"] ?? fileURLToPath(new URL("../../../dist/cluster", import.meta.url));
const log = `${state}/log/audit.log`;

interface Request {
	readonly verb: string;
	readonly user: { readonly username: string };
	readonly objectRef?: { readonly resource: string; readonly subresource?: string };
}

/** How often each of them asked the API server, by what they asked for, such as `patch pods/status`. */
export type Asked = Readonly<Record<Asker, Readonly<Record<string, number>>>>;
export type Asker = "kubelet" | "injector" | "agent" | "others";

const askers: readonly (readonly [user: RegExp, asker: Asker])[] = [
	[/^system:node:/, "kubelet"],
	[/^system:serviceaccount:shunt:/, "injector"],
	[/^system:serviceaccount:shunt-cni:/, "agent"],
];

/** Where the log of requests ends now; it is begun anew only with a cluster. */
export function endOfAudit(): number {
	return statSync(log).size;
}

/** Who asked for what since then. What comes by the clock, as leases and a node's status, is left out. */
export function askedSince(start: number): Asked {
	const counts: Record<Asker, Record<string, number>> = { kubelet: {}, injector: {}, agent: {}, others: {} };
	for (const line of linesFrom(start)) {
		const { verb, user, objectRef } = JSON.parse(line) as Request;
		if (objectRef === undefined || /^(?:leases|nodes)$/.test(objectRef.resource)) {
			continue;
		}
		const [, asker] = askers.find(([pattern]) => pattern.test(user.username)) ?? [null, "others" as const];
		const what = `${verb} ${[objectRef.resource, objectRef.subresource].filter(Boolean).join("/")}`;
		counts[asker][what] = (counts[asker][what] ?? 0) + 1;
	}
	return counts;
}

/** Whole lines: the last one may still be written. */
function linesFrom(start: number): string[] {
	const bytes = Buffer.alloc(endOfAudit() - start);
	const file = openSync(log, "r");
	readSync(file, bytes, 0, bytes.length, start);
	closeSync(file);
	return bytes.toString("utf8").split("\n").slice(0, -1);
}
