import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ProbeResult } from "../../src/validator/probe.ts";
import { makeNetns, type Netns } from "./netns.ts";
import { runShunt } from "./programs.ts";

/** The validator is a program for Node, whichever program makes the rules. */
export const validator = fileURLToPath(new URL("../../bin/shunt", import.meta.url));

/** A pod with both families, one interface and a way out through its gateway. */
export const podAddresses = { ipv4: "10.78.0.2", ipv6: "fd78::2" } as const;
const gateways = { ipv4: "10.78.0.1", ipv6: "fd78::1" } as const;

export interface Validated {
	readonly status: number | null;
	readonly stderr: string;
	/** What is in the JSON, when it was asked for. */
	readonly proofs: readonly ProbeResult[];
	readonly errors: readonly string[];
}

export class ValidatedPod {
	readonly pod = makeNetns("validated");
	readonly gateway = makeNetns("gateway");
	readonly #started: ChildProcess[] = [];

	constructor() {
		const { pod, gateway } = this;
		pod.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", gateway.name]);
		for (const [netns, addresses] of [
			[pod, podAddresses],
			[gateway, gateways],
		] as const) {
			netns.run("ip", ["address", "add", `${addresses.ipv4}/24`, "dev", "eth0"]);
			netns.run("ip", ["address", "add", `${addresses.ipv6}/64`, "dev", "eth0", "nodad"]);
			netns.run("ip", ["link", "set", "eth0", "up"]);
		}
		pod.run("ip", ["route", "add", "default", "via", gateways.ipv4]);
		pod.run("ip", ["-6", "route", "add", "default", "via", gateways.ipv6]);
	}

	/** `shunt init`, from outside. */
	init(mode: string, args: readonly string[]): void {
		const where = ["--netns", this.pod.path, "--iptables-mode", mode, "--log-level", "error"];
		const { status, stderr } = runShunt(["init", ...args, ...where]);
		if (status !== 0) {
			throw new Error(stderr);
		}
	}

	/** `shunt validate` in the pod, with its result as JSON. */
	validate(args: readonly string[], { prefix = [] as readonly string[], env = {} } = {}): Validated {
		const [program = "", ...rest] = [...prefix, validator, "validate", "--output", "json", ...args];
		const options = { env: { ...process.env, ...env } };
		const { status, stdout, stderr } = this.pod.try(program, rest, options);
		const { proofs = [], errors = [] } = stdout.startsWith("{") ? JSON.parse(stdout) : {};
		return { status, stderr, proofs, errors };
	}

	/** Something that goes on in the pod while it is looked at. */
	start(program: string, ...args: string[]): ChildProcess {
		return this.startIn(this.pod, program, ...args);
	}

	startIn(netns: Netns, program: string, ...args: string[]): ChildProcess {
		const child = spawn("ip", ["netns", "exec", netns.name, program, ...args], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.#started.push(child);
		return child;
	}

	async remove(): Promise<void> {
		for (const child of this.#started) {
			if (child.exitCode === null && child.signalCode === null) {
				child.kill("SIGKILL");
				await once(child, "exit");
			}
		}
		this.pod.remove();
		this.gateway.remove();
	}
}

export async function withValidatedPod(use: (world: ValidatedPod) => unknown): Promise<void> {
	const world = new ValidatedPod();
	try {
		await use(world);
	} finally {
		await world.remove();
	}
}

/** As the injector has the validator run: nobody's user, without any capability. */
export const asInjected: readonly string[] = [
	...["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"],
	...["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"],
];

/** In short, such as `outbound ipv6 proxy-init/ignore-loopback`. */
export function rulesOf(proofs: readonly ProbeResult[], outcome: ProbeResult["outcome"]): string[] {
	return [
		...new Set(
			proofs
				.filter((proof) => proof.outcome === outcome)
				.map(({ direction, family, rule }) => `${direction} ${family} ${rule}`),
		),
	].sort();
}
