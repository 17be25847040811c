import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installRelease } from "../check/support/release.ts";
import { ApiServer } from "../support/api-server/api-server.ts";

/** The plugin and its companion, as npm puts them into PATH. */
let folder: string;
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "shunt-kubectl-"));
	for (const name of ["kubectl-shunt", "kubectl_complete-shunt"]) {
		symlinkSync(resolve("bin", name), join(folder, name));
	}
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** scripts/ensure-kubectl.sh puts it where Go puts programs. */
const path = `${process.env["PATH"]}:${process.env["HOME"]}/go/bin`;

const program = process.env["KUBECTL_PROGRAM"] ?? "kubectl";

function kubectl(args: readonly string[]) {
	const env = { ...process.env, PATH: `${folder}:${path}`, HOME: folder };
	return spawnSync(program, args, { encoding: "utf8", env, timeout: 120_000 });
}

describe("kubectl shunt", () => {
	it("is found by kubectl as a plugin", () => {
		expect(kubectl(["plugin", "list", "--name-only"]).stdout.split("\n")).toContain("kubectl-shunt");
	});

	it.each([
		[["--help"], "Usage: kubectl shunt [options] [command]"],
		[["check", "--help"], "Usage: kubectl shunt check [options]"],
		[["init", "--help"], "kubectl shunt init [flags]"],
		[["clean", "--help"], "kubectl shunt clean [flags]"],
	])("calls itself that in %j", (args, usage) => {
		const { status, stdout } = kubectl(["shunt", ...args]);
		expect(status).toBe(0);
		expect(stdout).toContain(usage);
	});

	it("hands on arguments and exit statuses", () => {
		const { status, stderr } = kubectl(["shunt", "check", "--wait", "soon"]);
		expect(status).toBe(64);
		expect(stderr).toContain('--wait: "soon"');
	});

	it("checks the cluster that kubectl would talk to", async () => {
		const api = await ApiServer.start();
		try {
			installRelease(api);
			const kubeconfig = join(folder, "kubeconfig");
			writeFileSync(kubeconfig, api.kubeconfig);
			// Not synchronously, because the cluster is in this process.
			const { stdout } = await promisify(execFile)(program, ["shunt", "check", "-o", "short"], {
				env: { ...process.env, PATH: `${folder}:${path}`, KUBECONFIG: kubeconfig },
				timeout: 120_000,
			});
			expect(stdout).toMatch(/^√ \d+ passed, 0 to look at, 0 failed\n$/);
		} finally {
			await api.stop();
		}
	});

	it("is completed by kubectl's own completion", () => {
		const { stdout } = kubectl(["__complete", "shunt", "check", "-o", ""]);
		expect(stdout.split("\n").slice(0, 4)).toEqual(["table", "json", "short", ":4"]);
	});
});
