import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modes } from "../../src/domain/mode.ts";
import type { Container } from "../support/cri/container-config.ts";
import { bareInitContainer, initContainer, lookAtRules } from "../support/cri/containers.ts";
import type { Machine } from "../support/cri/machine.ts";
import { type Ended, type Pod, withPod } from "../support/cri/pod.ts";
import { startShuntMachine } from "../support/cri/shunt-machine.ts";
import { standard, tableOf } from "../support/standard-policy.ts";

let machine: Machine;

beforeAll(async () => {
	machine = await startShuntMachine("shunt-init");
});

afterAll(async () => {
	await machine?.remove();
});

/** Runs the init container in a pod of its own, with what is different from the usual. */
function runInit(args: readonly string[], different: Partial<Container> = {}): Promise<Ended> {
	return withPod(machine, "init", (pod) =>
		pod.run({ ...initContainer(args, pod.emptyDir("/run")), ...different }),
	);
}

const inMode = (mode: string) => [...standard.args, "--iptables-mode", mode];

describe("the rules in the kernel", () => {
	const expected = tableOf(standard).filter((line) => line.startsWith("-A"));

	async function rulesIn(pod: Pod, program: string, ...args: readonly string[]): Promise<string[]> {
		const { exitCode, log } = await pod.run(lookAtRules(program, ...args));
		expect(exitCode, log.join("\n")).toBe(0);
		return log.filter((line) => line.startsWith("-A") || line.includes("comment"));
	}

	it.each([
		["legacy", "legacy"],
		["nft", "nft"],
		["plain", "nft"],
		["auto", "nft"],
	])("are the reference program's in both families (mode %s)", async (mode, variant) => {
		await withPod(machine, mode, async (pod) => {
			const { exitCode, log } = await pod.run(initContainer(inMode(mode), pod.emptyDir("/run")));
			expect(exitCode, log.join("\n")).toBe(0);
			for (const family of ["iptables", "ip6tables"]) {
				expect(await rulesIn(pod, `${family}-${variant}-save`, "-t", "nat")).toEqual(expected);
			}
		});
	});

	it("are one table of their own in mode nftables", async () => {
		await withPod(machine, "nftables", async (pod) => {
			const { exitCode, log } = await pod.run(initContainer(inMode("nftables")));
			expect(exitCode, log.join("\n")).toBe(0);
			const rules = await rulesIn(pod, "nft", "list", "table", "inet", "shunt");
			for (const reason of ["ignore-proxy-user-id", "redirect-all-incoming-to-proxy-port"]) {
				expect(rules.join("\n")).toContain(`proxy-init/${reason}`);
			}
		});
	});
});

describe("the image that holds nothing but the program, with NET_ADMIN alone", () => {
	it.each(["legacy", "nft", "nftables", "auto"])(
		"makes the rules of mode %s, again, and takes them back",
		(mode) =>
			withPod(machine, "bare", async (pod) => {
				for (const said of ["via kernel", "nothing changed"]) {
					const { exitCode, log } = await pod.run(bareInitContainer(inMode(mode), pod.emptyDir("/run")));
					expect(exitCode, log.join("\n")).toBe(0);
					expect(log.join("\n")).toContain(said);
				}
				const clean = { ...bareInitContainer(["clean"], pod.emptyDir("/run")), user: 0 };
				const { exitCode, log } = await pod.run({ ...clean, command: ["/usr/bin/shunt"] });
				expect(exitCode, log.join("\n")).toBe(0);
				expect(log.join("\n")).toContain("removed our rules");
			}),
	);

	it.each(["legacy", "nft"])(
		"makes them of a pod that Linkerd's injector wrote for %s: it names programs, of whatever image",
		async (mode) => {
			const names = [
				"--firewall-bin-path",
				`iptables-${mode}`,
				"--firewall-save-bin-path",
				`iptables-${mode}-save`,
			];
			const { exitCode, log } = await withPod(machine, "named", (pod) =>
				pod.run(bareInitContainer([...standard.args, ...names], pod.emptyDir("/run"))),
			);
			expect(exitCode, log.join("\n")).toBe(0);
			expect(log.join("\n")).toContain("via kernel");
		},
	);

	it("says of mode plain which program is missing", async () => {
		const { exitCode, message } = await withPod(machine, "bare", (pod) =>
			pod.run(bareInitContainer(inMode("plain"))),
		);
		expect(message).toMatch(/iptables-restore.*not found in PATH/);
		expect(exitCode).toBe(69);
	});
});

describe.each(modes)("the init container in mode %s", (mode) => {
	it("works for a user without rights who may gain none", async () => {
		const { exitCode, log } = await runInit(inMode(mode));
		expect(exitCode, log.join("\n")).toBe(0);
	});

	it("works where the pod allows privilege escalation", async () => {
		const { exitCode, log } = await runInit(inMode(mode), { mayGainPrivileges: true });
		expect(exitCode, log.join("\n")).toBe(0);
	});

	it("works as root", async () => {
		const { exitCode, log } = await runInit(inMode(mode), { user: 0 });
		expect(exitCode, log.join("\n")).toBe(0);
	});

	it("says what to add where no capability was", async () => {
		const { exitCode, message } = await runInit(inMode(mode), { capabilities: [] });
		expect(message).toMatch(/capability NET_ADMIN, .*securityContext\.capabilities\.add/);
		expect(exitCode).toBe(77);
	});
});

describe("with NET_ADMIN alone", () => {
	it.each(["legacy", "nft", "nftables", "auto"])(
		"mode %s works: only the legacy tools open raw sockets",
		async (mode) => {
			const { exitCode, log } = await runInit(inMode(mode), { capabilities: ["NET_ADMIN"] });
			expect(exitCode, log.join("\n")).toBe(0);
		},
	);

	it("mode legacy says that NET_RAW is wanted too where its tools are", async () => {
		const args = [...inMode("legacy"), "--transport", "tools"];
		const { exitCode, message } = await runInit(args, { capabilities: ["NET_ADMIN"] });
		expect(message).toContain("NET_RAW");
		expect(exitCode).toBe(77);
	});
});

describe("without a volume at /run", () => {
	it("mode legacy says what is missing, and what would work", async () => {
		const { exitCode, message } = await runInit(inMode("legacy"), { mounts: [] });
		expect(message).toContain("can't open lock file /run/xtables.lock: Read-only file system");
		expect(message).toContain("modes that work here: nft");
		expect(exitCode).toBe(69);
	});

	it.each(["nft", "plain", "nftables", "auto"])("mode %s works: it needs no lock", async (mode) => {
		const { exitCode, log } = await runInit(inMode(mode), { mounts: [] });
		expect(exitCode, log.join("\n")).toBe(0);
	});
});

describe("bad input", () => {
	it("is refused with every mistake in the termination message", async () => {
		const args = ["-p", "4143", "-o", "99999", "--proxy-uid", "2102", "--no-such-flag"];
		const { exitCode, message } = await runInit(args);
		expect(exitCode).toBe(64);
		expect(message).toContain("--outgoing-proxy-port");
		expect(message).toContain("--no-such-flag");
	});
});
