import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { findChart } from "../../src/cli/chart/chart-folder.ts";
import { installCniCommand } from "../../src/cli/install-cni/install-cni-command.ts";
import { readTextFile } from "../../src/host/node-text.ts";

const folder = mkdtempSync(join(tmpdir(), "shunt-install-cni-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
	let [status, stdout, stderr] = [-1, "", ""];
	const command = installCniCommand(
		(ended) => {
			status = ended;
		},
		{
			env: {},
			chart: () => findChart("shunt-cni"),
			readFile: readTextFile,
			stdin: () => "proxyUID: 4000\n",
			stdout: (text) => {
				stdout += text;
			},
			stderr: (text) => {
				stderr += text;
			},
			now: Date.now,
		},
	);
	await command.parseAsync(args, { from: "user" });
	return { status, stdout, stderr };
}

/** The kinds of all objects, with their namespaces. */
function kindsIn(text: string): string[] {
	return parseAllDocuments(text).map((document) => {
		const { kind, metadata } = document.toJS();
		return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
	});
}

describe("shunt install-cni", () => {
	it("prints all that kubectl has to apply, and says nothing else", async () => {
		const { status, stdout, stderr } = await run();
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(kindsIn(stdout)).toEqual([
			"Namespace /shunt-cni",
			"ServiceAccount shunt-cni/shunt-cni",
			"ConfigMap shunt-cni/shunt-cni-config",
			"DaemonSet shunt-cni/shunt-cni",
		]);
	});

	it("puts it where it is told to, and renders no namespace of Kubernetes' own", async () => {
		expect(kindsIn((await run("-n", "kube-system")).stdout)).toEqual([
			"ServiceAccount kube-system/shunt-cni",
			"ConfigMap kube-system/shunt-cni-config",
			"DaemonSet kube-system/shunt-cni",
		]);
	});

	it("takes values as Helm does: files, standard input, flags", async () => {
		const file = join(folder, "values.yaml");
		writeFileSync(file, "proxyUID: 3000\niptablesMode: plain\nrevisionHistoryLimit: 3\n");
		const { stdout } = await run(
			"-f",
			file,
			"-f",
			"-",
			"--set",
			"iptablesMode=nft",
			"--set-string",
			"logLevel=warn",
		);
		expect(stdout).toContain('\\"proxy-uid\\":4000');
		expect(stdout).toContain('\\"mode\\":\\"nft\\"');
		expect(stdout).toContain("--log-level=warn");
		expect(stdout).toContain("revisionHistoryLimit: 3");
	});

	it("prints nothing when anything is wrong", async () => {
		const bad = await run("--set", "iptablesMode=nft,proxyUID=0,destCNIBinDir=x");
		expect({ ...bad, stderr: "" }).toEqual({ status: 64, stdout: "", stderr: "" });
		expect(bad.stderr).toContain('proxyUID: "0" is not a valid user id');
		expect(bad.stderr).toContain('destCNIBinDir: "x" is not a folder');
		expect((await run("-f", join(folder, "missing.yaml"))).status).toBe(64);
		expect((await run("--namespace", "No")).status).toBe(64);
	});
});
