import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { runShunt } from "../support/programs.ts";
import { modeIn, objectsOf } from "./support/installation.ts";

/**
 * What only a real cluster can say, on any that E2E_KUBECONFIG names. Nothing is changed there: manifests are applied
 * as a server-side dry run, into a namespace that every cluster has.
 */
const kubeconfig = process.env["E2E_KUBECONFIG"];
const loud = "\n*** E2E_KUBECONFIG names no cluster: install and upgrade are not tried on a real one.\n\n";

function shunt(command: string, ...args: string[]) {
	return runShunt([command, "--kubeconfig", kubeconfig ?? "", ...args]);
}

function dryRun(manifests: string) {
	const args = ["--kubeconfig", kubeconfig ?? "", "apply", "--dry-run=server", "-f", "-"];
	const { status, stderr } = spawnSync("kubectl", args, {
		input: manifests,
		encoding: "utf8",
		timeout: 120_000,
	});
	return { status, stderr: stderr.replace(/^Warning: .*\n/gm, "") };
}

const defaultNamespace = ["-n", "default", "--set", "installNamespace=false"];

/** Where Shunt is installed there already; undefined where it is not. */
function installedIn(): string | undefined {
	const { status, stdout, stderr } = shunt("install", ...defaultNamespace);
	const [, namespace] = /already installed in the namespace (\S+)/.exec(stderr) ?? [];
	expect(status, stderr).toBe(namespace === undefined ? 0 : 1);
	expect(stdout === "").toBe(namespace !== undefined);
	return namespace;
}

function tryInstall(): void {
	for (const mode of ["legacy", "nft", "nftables", "auto"]) {
		const set = ["--ha", "--set", `proxyInit.iptablesMode=${mode},networkPolicy.enabled=true`];
		const { status, stdout, stderr } = shunt("install", ...defaultNamespace, ...set);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(modeIn(stdout)).toBe(mode);
		expect(dryRun(stdout)).toEqual({ status: 0, stderr: "" });
	}
	for (const command of ["upgrade", "uninstall"]) {
		const { status, stdout } = shunt(command, "-n", "shunt-is-not-here");
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
	}
}

function tryUpgrade(namespace: string): void {
	const { status, stdout, stderr } = shunt(
		"upgrade",
		"-n",
		namespace,
		"--set",
		"proxyInit.iptablesMode=auto",
	);
	expect(status, stderr).toBe(0);
	expect(modeIn(stdout)).toBe("auto");
	expect(dryRun(stdout)).toEqual({ status: 0, stderr: "" });
	expect(objectsOf(shunt("uninstall", "-n", namespace, "--force").stdout).length).toBeGreaterThan(5);
}

describe("a real cluster", () => {
	it("takes what install and upgrade print, where there is one", () => {
		if (kubeconfig === undefined) {
			process.stderr.write(loud);
			return;
		}
		const namespace = installedIn();
		if (namespace === undefined) {
			tryInstall();
		} else {
			tryUpgrade(namespace);
		}
	}, 600_000);
});
