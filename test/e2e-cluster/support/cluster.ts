import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { get } from "./api.ts";
import { commandFor, root } from "./programs.ts";

export { apply, get, type KubeObject } from "./api.ts";
export { foreign } from "./programs.ts";

/** A registry that has the images, where the nodes were not given them. */
export const registry = process.env["E2E_REGISTRY"] ?? "";

const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** An image of ours, as the chart asks for it. Those of init containers the tests name only where Linkerd's injector would have. */
export function imageOf(name: string): string {
	return `${registry === "" ? "" : `${registry}/`}shunt/${name}:${version}`;
}

/** It has Node, so the tests' own pods run on it too. */
export const shuntImage = imageOf("shunt");

export interface Ran {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs shunt, kubectl, helm3 or helm4 as the cluster's administrator, from where its addresses can be reached. */
export function run(program: string, args: readonly string[], input = ""): Promise<Ran> {
	const [command, rest, env] = commandFor(program, args);
	const child = spawn(command, rest, { env, timeout: 300_000 });
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	// A program that has ended early does not read what it is given.
	child.stdin.on("error", () => undefined);
	child.stdin.end(input);
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, stdout, stderr }));
	});
}

/** The same, of which nothing but success will do. Answers what was printed. */
export async function succeed(program: string, args: readonly string[], input = ""): Promise<string> {
	const { status, stdout, stderr } = await run(program, args, input);
	expect(
		status,
		`${program} ${args.join(" ").slice(0, 300)}\n${stdout.slice(-3_000)}\n${stderr.slice(-3_000)}`,
	).toBe(0);
	return stdout;
}

export function kubectl(...args: readonly string[]): Promise<string> {
	return succeed("kubectl", args);
}

/** The families of the cluster's pods, by the address that the API server's own service has and the nodes' ranges. */
export async function families(): Promise<readonly ("IPv4" | "IPv6")[]> {
	const { items } = await get<{ items: { spec: { podCIDRs?: string[]; podCIDR?: string } }[] }>("nodes");
	const ranges = items[0]?.spec.podCIDRs ?? [];
	return ranges.map((range) => (range.includes(":") ? "IPv6" : "IPv4"));
}

/** Looks until it is as wanted: a cluster comes to it in its own time. */
export async function becomes<T>(
	look: () => Promise<T>,
	wanted: (seen: T) => boolean,
	seconds = 90,
): Promise<T> {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const seen = await look();
		if (wanted(seen)) {
			return seen;
		}
		if (Date.now() > end) {
			throw new Error(`it did not come to be within ${seconds} s: ${JSON.stringify(seen).slice(0, 2_000)}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
}
