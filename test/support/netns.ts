import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";

/** A network namespace that a test made for itself. */
export interface Netns {
	readonly name: string;
	/** What `--netns` takes. */
	readonly path: string;
	/** Runs a program inside, with a time limit; throws when it does not succeed. */
	run(program: string, args: readonly string[], input?: string): string;
	/** The same, for when failure is what the test is about. */
	try(program: string, args: readonly string[], options?: TryOptions): SpawnSyncReturns<string>;
	/** `iptables-save -t nat` without comments and counters, as the recorded cases hold it. */
	natTable(mode: "legacy" | "nft", family: "ipv4" | "ipv6"): string[];
	/** Of every process inside, whoever started it. */
	pids(): number[];
	remove(): void;
}

export interface TryOptions {
	readonly input?: string;
	readonly env?: NodeJS.ProcessEnv;
	/** In milliseconds. */
	readonly timeout?: number;
	/** In bytes, of each stream. */
	readonly maxBuffer?: number;
}

/** Makes a namespace under a name that nothing else uses, with the loopback interface up. */
export function makeNetns(purpose: string): Netns {
	const name = `shunt-${purpose}-${randomBytes(4).toString("hex")}`;
	execFileSync("ip", ["netns", "add", name], { timeout: 10_000 });
	const inside = (program: string, args: readonly string[]) => ["netns", "exec", name, program, ...args];
	const netns: Netns = {
		name,
		path: `/run/netns/${name}`,
		run: (program, args, input) =>
			execFileSync("ip", inside(program, args), {
				encoding: "utf8",
				timeout: 60_000,
				stdio: ["pipe", "pipe", "pipe"],
				...(input === undefined ? {} : { input }),
			}),
		try: (program, args, options = {}) =>
			spawnSync("ip", inside(program, args), { encoding: "utf8", timeout: 60_000, ...options }),
		natTable: (mode, family) => natTable(netns, mode, family),
		pids: () =>
			execFileSync("ip", ["netns", "pids", name], { encoding: "utf8", timeout: 10_000 })
				.split("\n")
				.filter((line) => line !== "")
				.map(Number),
		remove: () => {
			execFileSync("ip", ["netns", "delete", name], { timeout: 10_000 });
		},
	};
	netns.run("ip", ["link", "set", "lo", "up"]);
	return netns;
}

/** Hands a fresh namespace to `use` and removes it afterwards, also when `use` fails. */
export async function withNetns<T>(purpose: string, use: (netns: Netns) => T | Promise<T>): Promise<T> {
	const netns = makeNetns(purpose);
	try {
		return await use(netns);
	} finally {
		netns.remove();
	}
}

function natTable(netns: Netns, mode: "legacy" | "nft", family: "ipv4" | "ipv6"): string[] {
	const program = `${family === "ipv4" ? "iptables" : "ip6tables"}-${mode}-save`;
	return netns
		.run(program, ["-t", "nat"])
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"))
		.map((line) => line.replace(/ \[\d+:\d+\]$/, ""));
}
