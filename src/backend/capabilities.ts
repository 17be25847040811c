import type { Host } from "../host/host.ts";

/** By their numbers in linux/capability.h. */
const numbers = { NET_ADMIN: 12n, NET_RAW: 13n, SYS_PTRACE: 19n } as const;

export type Capability = keyof typeof numbers;

/** Whether this process has a capability now; undefined where /proc does not tell, as where it is not mounted. */
export function isHeld(host: Host, capability: Capability): boolean | undefined {
	return isIn(statusOf(host), "CapEff", capability);
}

/**
 * Whether a child of ours can hold a capability: we have it, or the tool's file capabilities can bring it. The latter need
 * it in the bounding set and no_new_privs unset (capabilities(7), "Transformation of capabilities").
 */
export function canBeHeld(host: Host, capability: Capability): boolean {
	const status = statusOf(host);
	const isBounded = isIn(status, "CapBnd", capability) === true && !/^NoNewPrivs:\s*1/m.test(status);
	return isIn(status, "CapEff", capability) !== false || isBounded;
}

/**
 * Whether this process may not change rules of this network namespace. Root of another user namespace than that of the
 * network namespace has the capability, and is refused all the same; nf_tables tells.
 */
export function isRefusedRules(host: Host): boolean {
	return isHeld(host, "NET_ADMIN") === false || isStranger(host);
}

/** To whom no file capability helps either. */
export function isStranger(host: Host): boolean {
	return isHeld(host, "NET_ADMIN") === true && host.hiddenNftTables()?.code === "not-permitted";
}

function statusOf(host: Host): string {
	return host.readFile("/proc/self/status") ?? "";
}

function isIn(status: string, set: "CapEff" | "CapBnd", capability: Capability): boolean | undefined {
	const [, bits] = new RegExp(`^${set}:\\s*([0-9a-f]+)`, "m").exec(status) ?? [];
	return bits === undefined ? undefined : ((BigInt(`0x${bits}`) >> numbers[capability]) & 1n) === 1n;
}
