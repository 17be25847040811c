import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { toolsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { type RefusingKernel, refusingKernels } from "../support/refusing-kernels.ts";
import { snapshot } from "../support/snapshot.ts";
import { different, standard } from "../support/standard-policy.ts";
import { type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

const launcher = fileURLToPath(new URL("../support/kernel-without.mjs", import.meta.url));

describe("mode auto", () => {
	it("takes nft first, and what is there before that", () =>
		withNetns("auto", (netns) => {
			expect(choice(netns).used).toBe("nft");
			runShunt(["clean", "--netns", netns.path]);
			runShunt(["init", ...different.args, "--iptables-mode", "nftables", "--netns", netns.path]);
			expect(choice(netns).used).toBe("nftables");
		}));

	it("joins another program's legacy rules", () =>
		withNetns("auto", (netns) => {
			netns.run("iptables-legacy", ["-t", "nat", "-A", "OUTPUT", "-p", "udp", "-j", "ACCEPT"]);
			expect(choice(netns)).toEqual({ asked: "auto", used: "legacy", tried: [] });
		}));

	it.each([
		["nft alone", ["nft"], "nftables"],
		["the legacy tools alone", toolsOf("legacy"), "legacy"],
	])("works with %s", (_what, programs, mode) =>
		withNetns("auto", (netns) =>
			withToolFolder((tools) => {
				tools.link(...programs);
				expect(choice(netns, tools).used).toBe(mode);
			}),
		),
	);

	it.each(["SEGV", "KILL", "SYS"])(
		"goes on after a tool that is killed by SIG%s, and says so, as --probe does",
		(signal) =>
			withNetns("auto", (netns) =>
				withToolFolder((tools) => {
					tools.link(...toolsOf("legacy"), "nft", ...toolsOf("nft", "ipv6"), "iptables-nft-save");
					tools.script(
						"iptables-nft-restore",
						`[ "$1" = --version ] && exec "$real" "$@"; kill -${signal} $$`,
					);
					const { used, tried } = choice(netns, tools);
					expect(used).toBe("nftables");
					const failure = expect.stringContaining(`iptables-nft-restore: was killed by SIG${signal}`);
					expect(tried).toEqual([{ mode: "nft", failure }]);
					expect(netns.run("iptables-nft-save", ["-t", "nat"])).not.toContain("PROXY_INIT");
					const probed = runShunt(["init", "--probe", "--netns", netns.path], { env: tools.env });
					expect(probed.status).toBe(0);
					expect(JSON.parse(probed.stdout)).toMatchObject({
						mode: { served: true },
						dialects: { nft: { ok: false, message: failure }, nftables: { ok: true } },
					});
				}),
			),
	);

	it("says what it tried where there is no tool", () =>
		withNetns("auto", (netns) =>
			withToolFolder((tools) => {
				const { status, stderr } = runShunt(argsFor(netns), { env: tools.env });
				expect(status).toBe(69);
				expect(stderr).toMatch(/nft: .* → nftables: .* → legacy: .* → plain: .*\n.*no mode works here/);
			}),
		));
});

describe("mode auto, on a kernel that really refuses", () => {
	it("nf_tables, takes legacy and says what the kernel lacks", () =>
		withNetns("refused", (netns) => {
			const { status, stdout, stderr } = runWithout("nf_tables", argsFor(netns, "--output", "json"));
			expect(status, stderr).toBe(0);
			const { mode } = JSON.parse(stdout);
			expect(mode.used).toBe("legacy");
			expect(mode.tried.map((attempt: { mode: string }) => attempt.mode)).toEqual(["nft", "nftables"]);
			for (const { failure } of mode.tried) {
				expect(failure).toMatch(/kernel has no nf_tables: .*Protocol not supported/);
			}
			expect(netns.natTable("legacy", "ipv6").join()).toContain("PROXY_INIT_OUTPUT");
		}));

	it("ip_tables, takes nft without having tried anything else", () =>
		withNetns("refused", (netns) => {
			const { status, stdout } = runWithout("ip_tables", argsFor(netns, "--output", "json"));
			expect(status).toBe(0);
			expect(JSON.parse(stdout).mode).toEqual({ asked: "auto", used: "nft", tried: [] });
		}));

	it("both, fails with both reasons and leaves the namespace as it was", () =>
		withNetns("refused", (netns) => {
			const before = snapshot(netns);
			const { status, stderr } = runWithout("nf_tables,ip_tables", argsFor(netns));
			expect(status).toBe(69);
			expect(stderr).toMatch(/nft: .*kernel has no nf_tables.* → nftables: .* → legacy: .*no ip_tables/);
			expect(stderr).toContain("no mode works here");
			expect(snapshot(netns)).toEqual(before);
		}));

	it.each([
		["nft", "nf_tables", "kernel has no nf_tables", "legacy"],
		["nftables", "nf_tables", "kernel has no nf_tables", "legacy"],
		["legacy", "ip_tables", "kernel has no ip_tables", "nft, .*nftables"],
	])("a mode that was asked for fails and names what works: %s", (mode, module, lack, working) =>
		withNetns("refused", (netns) => {
			const args = ["init", ...standard.args, "--iptables-mode", mode, "--netns", netns.path];
			const { status, stderr } = runWithout(module, args);
			expect(status).toBe(69);
			expect(stderr).toContain(lack);
			expect(stderr).toMatch(new RegExp(`modes that work here: ${working}`));
		}),
	);
});

describe("the advice of a run that failed leaves nothing in the namespace", () => {
	it.each([
		["nf_tables", "nft", [], "modes that work here: legacy"],
		["ip_tables", "legacy", [], "modes that work here: nft"],
		// As in a pod, which may make no network namespace for a trial.
		["nf_tables", "nft", ["setpriv", "--bounding-set", "-sys_admin"], "not tried: legacy"],
		["ip_tables", "legacy", ["setpriv", "--bounding-set", "-sys_admin"], "modes that work here: nft"],
	] as const)("without %s, in mode %s, run by %j", (module, mode, prefix, advice) =>
		withNetns("advice", (netns) => {
			const before = snapshot(netns);
			const command = [launcher, module, ...absolute(prefix), shuntProgram];
			const args = ["init", ...standard.args, "--iptables-mode", mode];
			const { status, stderr } = netns.try(process.execPath, [...command, ...args]);
			expect(status, stderr).toBe(69);
			expect(stderr).toContain(advice);
			expect(snapshot(netns)).toEqual(before);
		}),
	);
});

describe("mode auto, with the tools' words on", () => {
	it.each(refusingKernels.map((kernel) => ({ ...kernel, kernel })))("$system, takes $works", ({ kernel }) =>
		withNetns("words", (netns) =>
			withToolFolder((tools) => {
				putInPlace(kernel, tools);
				const { status, stdout, stderr } = runShunt(argsFor(netns, "--output", "json"), { env: tools.env });
				expect(status, stderr).toBe(0);
				expect(JSON.parse(stdout).mode.used).toBe(kernel.works);
				for (const line of kernel.says) {
					expect(stderr).toMatch(line);
				}
			}),
		),
	);
});

function choice(netns: Netns, tools?: ToolFolder) {
	const options = tools === undefined ? {} : { env: tools.env };
	const { status, stdout, stderr } = runShunt(argsFor(netns, "--output", "json"), options);
	expect(status, stderr).toBe(0);
	return JSON.parse(stdout).mode;
}

function argsFor(netns: Netns, ...more: readonly string[]): string[] {
	return ["init", ...standard.args, "--iptables-mode", "auto", "--netns", netns.path, ...more];
}

/** `shunt ARGS…` on this kernel as though it had no such module. */
function runWithout(modules: string, args: readonly string[]) {
	return spawnSync(process.execPath, [launcher, modules, shuntProgram, ...args], {
		encoding: "utf8",
		timeout: 60_000,
	});
}

/** The system's tools: those that fail there fail in its words, and the others are real. */
function putInPlace({ failing, missing }: RefusingKernel, tools: ToolFolder): void {
	for (const [tool, { stderr, status }] of Object.entries(failing)) {
		tools.script(tool, `cat >/dev/null; printf '%s\\n' ${quote(stderr)} >&2; exit ${status}`);
	}
	const all = ["", "-nft", "-legacy"].flatMap((variant) =>
		["iptables", "ip6tables"].flatMap((base) => [`${base}${variant}-restore`, `${base}${variant}-save`]),
	);
	tools.link(...["nft", ...all].filter((tool) => !(tool in failing) && !missing.includes(tool)));
	// What the scripts themselves run.
	tools.link("cat");
}

function quote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What takes no name but a path. */
function absolute([program, ...args]: readonly string[]): string[] {
	return program === undefined ? [] : [`/usr/bin/${program}`, ...args];
}
