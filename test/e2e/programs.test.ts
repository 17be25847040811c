import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { proxyUser } from "../../images/users.ts";
import type { Machine } from "../support/cri/machine.ts";
import { type Ended, type Pod, startPod } from "../support/cri/pod.ts";
import { imageReference, startShuntMachine } from "../support/cri/shunt-machine.ts";

let machine: Machine;
let pod: Pod;

beforeAll(async () => {
	machine = await startShuntMachine("shunt");
	pod = await startPod(machine, "programs");
}, 300_000);

afterAll(async () => {
	await pod?.remove();
	await machine?.remove();
});

function run(...args: readonly string[]): Promise<Ended> {
	return pod.run({ name: "program", image: imageReference("shunt"), args, user: proxyUser });
}

describe("the image of the Node programs", () => {
	it("holds all that its commands are made of", async () => {
		const { exitCode, log } = await run("--help");
		expect(exitCode, log.join("\n")).toBe(0);
		const start = log.indexOf("Commands:");
		const listed = log
			.slice(start, log.indexOf("", start))
			.flatMap((line) => /^ {2}([a-z][a-z-]*) /.exec(line)?.[1] ?? []);
		expect(listed).toEqual(expect.arrayContaining(["init", "proxy", "inject", "injector"]));
		for (const command of listed.filter((name) => name !== "help")) {
			const help = await run(command, "--help");
			expect(help.exitCode, `${command}: ${help.log.join("\n")}`).toBe(0);
			expect(help.log.join("\n")).toContain("Examples:");
		}
	});

	it("holds the chart that it installs", async () => {
		const { exitCode, log } = await run("install", "--ignore-cluster");
		expect(exitCode, log.join("\n")).toBe(0);
		expect(log).toContain("kind: MutatingWebhookConfiguration");
	});

	it("holds the Kubernetes client, which reads what it is told to read", async () => {
		const { exitCode, message } = await run("injector", "--kubeconfig", "/etc/passwd");
		expect(exitCode).toBe(64);
		expect(message).toMatch(
			/^shunt injector: \/etc\/passwd: .*\(want a kubeconfig file whose current context is complete\)$/m,
		);
	});
});
