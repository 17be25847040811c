import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../support/api-server/api-server.ts";
import { shuntProgram } from "../support/programs.ts";
import { playKubelets, probePods, putNode } from "./support/kubelet.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
let folder: string;
beforeEach(async () => {
	api = await ApiServer.start();
	folder = mkdtempSync(join(tmpdir(), "shunt-check-"));
	writeFileSync(join(folder, "kubeconfig"), api.kubeconfig);
});
afterEach(async () => {
	rmSync(folder, { recursive: true, force: true });
	await api.stop();
});

/** The program as people run it. */
function start(args: readonly string[]) {
	const child = spawn(shuntProgram, ["check", "--kubeconfig", join(folder, "kubeconfig"), ...args], {
		stdio: ["ignore", "pipe", "pipe"],
		timeout: 120_000,
		killSignal: "SIGKILL",
	});
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, stdout, stderr }));
	});
	return { child, ended };
}

describe("shunt check, as a process", () => {
	it("looks at the cluster of --kubeconfig", async () => {
		installRelease(api);
		const { status, stdout } = await start(["-o", "json"]).ended;
		expect(JSON.parse(stdout).success).toBe(true);
		expect(status).toBe(0);
	});

	it.each(["SIGINT", "SIGTERM"] as const)("deletes its pods on %s and then ends", async (signal) => {
		api.putNamespace("default");
		putNode(api, "a");
		const { child, ended } = start(["--pre", "--probe-nodes"]);
		const seen = playKubelets(api, () => {
			child.kill(signal);
			return "nothing";
		});
		const { status, stderr } = await ended;
		expect(seen).toHaveLength(1);
		expect(stderr).toContain("stopping");
		expect(status).toBe(1);
		expect(probePods(api)).toEqual([]);
	});

	it("says that nobody is there, where nobody is", async () => {
		await api.stop();
		const { status, stdout } = await start(["--wait", "0"]).ended;
		expect(status).toBe(1);
		expect(stdout).toMatch(
			/× the Kubernetes API can be reached\n {4}https:\/\/127.0.0.1:\d+ cannot be reached/,
		);
		api = await ApiServer.start();
	});
});
