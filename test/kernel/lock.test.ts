import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { dialects, tablesOf, toolsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, startShunt } from "../support/programs.ts";
import { different, hold, standard, tableOf } from "../support/standard-policy.ts";
import { realTool, type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

const everything = [tableOf(standard), tableOf(standard)];

describe("the xtables lock", () => {
	it.each([
		{ name: "by default", flags: [] },
		{ name: "with --use-wait-flag", flags: ["--use-wait-flag"] },
	])("is waited for while another process holds it, $name", ({ flags }) =>
		withNetns("lock", (netns) =>
			withToolFolder(async (tools) => {
				tools.link(...toolsOf("legacy"));
				const release = await holdLock(tools);
				const run = startShunt(argsFor(netns, "legacy", flags), { env: tools.env });
				await waitUntil(() => netns.pids().length > 1);
				await sleep(300);
				expect(run.child.exitCode).toBeNull();
				await release();
				expect((await run.ended).status).toBe(0);
				expect(tablesOf(netns, "legacy")).toEqual(everything);
			}),
		),
	);

	it("means nothing to nft", () =>
		withNetns("lock", (netns) =>
			withToolFolder(async (tools) => {
				tools.link(...toolsOf("nft"));
				const release = await holdLock(tools);
				const { status } = runShunt(argsFor(netns, "nft"), { env: tools.env });
				await release();
				expect(status).toBe(0);
			}),
		));

	it.each(["init", "clean"])("is not waited for in silence by %s, which nothing asks to wait", (command) =>
		withNetns("lock", (netns) =>
			withToolFolder(async (tools) => {
				tools.link(...toolsOf("legacy"));
				hold(netns, "legacy", different);
				const release = await holdLock(tools);
				const args = command === "init" ? argsFor(netns, "legacy") : [command, "--netns", netns.path];
				const run = startShunt(args, { env: tools.env });
				let said = "";
				run.child.stderr.on("data", (text) => {
					said += text;
				});
				await waitUntil(() => said.includes("for the xtables lock"));
				await release();
				const { status, stderr } = await run.ended;
				expect(status).toBe(0);
				expect(stderr).toMatch(/^waiting up to 10 s \(with --use-wait-flag 60 s\).* \(flock\)$/m);
			}),
		),
	);

	it("is named when it is never free", () =>
		withNetns("lock", (netns) =>
			withToolFolder((tools) => {
				tools.link(...toolsOf("legacy"), ...toolsOf("nft"));
				for (const tool of restoresOf("legacy")) {
					tools.script(tool, `${heldMessage} >&2; exit 4`);
				}
				const { status, stderr } = runShunt(argsFor(netns, "legacy"), { env: tools.env });
				expect(status).toBe(1);
				expect(stderr).toMatch(/ip\S+-restore: another program has been holding the xtables lock/);
				expect(stderr).not.toContain("modes that work here");
			}),
		));
});

describe("--use-wait-flag", () => {
	it.each(["legacy", "plain"] as const)("is passed on as -w in mode %s", (mode) =>
		withNetns("wait", (netns) =>
			withToolFolder((tools) => {
				const base = mode === "plain" ? "nft" : mode;
				for (const tool of toolsOf(base)) {
					tools.script(tool.replace("-nft", ""), `exec ${realTool(tool)} "$@"`);
				}
				const { status, stderr } = runShunt(argsFor(netns, mode, ["-w"]), { env: tools.env });
				expect(status).toBe(0);
				expect(stderr).not.toContain("--use-wait-flag");
				const restores = tools.calls().filter((call) => call.includes("-restore --noflush"));
				expect(restores).toHaveLength(2);
				expect(restores.filter((call) => !call.endsWith(" -w 2"))).toEqual([]);
			}),
		),
	);

	it("is not passed on in mode nft, and the log says so", () =>
		withNetns("wait", (netns) =>
			withToolFolder((tools) => {
				tools.record(...toolsOf("nft"));
				const { status, stderr } = runShunt(argsFor(netns, "nft", ["-w"]), { env: tools.env });
				expect(status).toBe(0);
				expect(stderr).toMatch(/level=info .*--use-wait-flag does nothing in mode nft/);
				expect(tools.calls().toSorted()).toEqual(
					restoresOf("nft")
						.map((tool) => `${tool} --noflush`)
						.toSorted(),
				);
			}),
		));

	it.each(dialects)("changes nothing about the rules in %s", (dialect) =>
		withNetns("wait", (netns) => {
			expect(runShunt(argsFor(netns, dialect, ["--use-wait-flag"])).status).toBe(0);
			expect(tablesOf(netns, dialect)).toEqual(everything);
		}),
	);
});

const heldMessage =
	'echo "Another app is currently holding the xtables lock. Perhaps you want to use the -w option?"';

function restoresOf(dialect: "legacy" | "nft"): string[] {
	return toolsOf(dialect).filter((tool) => tool.endsWith("restore"));
}

/** Takes the lock that a folder's tools share, in another process. */
async function holdLock(tools: ToolFolder): Promise<() => Promise<void>> {
	const file = tools.env["XTABLES_LOCKFILE"] ?? "";
	writeFileSync(file, "");
	const holder = spawn("flock", [file, "sh", "-c", "echo held; read -r line"], { timeout: 60_000 });
	await once(holder.stdout, "data");
	return async () => {
		holder.stdin.end("\n");
		await once(holder, "close");
	};
}

async function waitUntil(condition: () => boolean): Promise<void> {
	for (let tries = 0; !condition(); tries++) {
		expect(tries, "tries").toBeLessThan(1000);
		await sleep(10);
	}
}

function argsFor(netns: Netns, mode: string, more: readonly string[] = []): string[] {
	return ["init", ...standard.args, "--iptables-mode", mode, "--netns", netns.path, ...more];
}
