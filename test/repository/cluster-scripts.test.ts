import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const scripts = fileURLToPath(new URL("../../scripts/cluster", import.meta.url));

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(`${tmpdir()}/shunt-cluster-scripts-`);
});

afterEach(() => rmSync(folder, { recursive: true }));

function run(script: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
	const env = { PATH: process.env["PATH"], HOME: folder, ...more };
	const { status, stdout, stderr } = spawnSync(`${scripts}/${script}`, args, {
		env,
		encoding: "utf8",
		timeout: 30_000,
	});
	return { status, stdout, stderr };
}

describe("scripts/cluster/cluster.sh", () => {
	const cluster = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
		run("cluster.sh", args, { CLUSTER_STATE: `${folder}/state`, CLUSTER_CACHE: `${folder}/cache`, ...more });

	it.each([
		["CLUSTER_CONTAINERD", "1.5", "1.6, 1.7 or 2"],
		["CLUSTER_FAMILIES", "both", "ipv4, ipv6 or dual"],
		["CLUSTER_PROXY", "ipvs", "iptables or nftables"],
		["CLUSTER_KUBERNETES", "latest", "a version such as v1.35.4"],
		["CLUSTER_COREDNS", "1.14", "a version such as v1.14.7, or none"],
		["CLUSTER_AUDIT", "true", "yes or no"],
	])("%s: refuses %s before anything is done", (name, value, accepted) => {
		expect(cluster(["start"], { [name]: value })).toEqual({
			status: 64,
			stdout: "",
			stderr: `${name}: "${value}" is not accepted (want ${accepted})\n`,
		});
	});

	it("says what there is to say where no command is named, or one that it has not", () => {
		for (const args of [[], ["begone"]]) {
			const { status, stderr } = cluster(args);
			expect(status).toBe(64);
			expect(stderr).toContain("cluster.sh stop           ends it");
		}
	});

	it("says that no cluster runs, and which command starts one", () => {
		expect(cluster(["run", "true"])).toMatchObject({
			status: 1,
			stderr: `no cluster runs in ${folder}/state: make cluster\n`,
		});
		expect(cluster(["stop"]).stderr).toContain(`no cluster runs in ${folder}/state`);
	});

	it("takes no other process for its node, although it has the number that the node had", () => {
		mkdirSync(`${folder}/state`);
		writeFileSync(`${folder}/state/process`, `${process.pid} 1\n`);
		expect(cluster(["run", "true"])).toMatchObject({ status: 1 });
	});

	it("goes on with the settings with which a cluster was started", () => {
		mkdirSync(`${folder}/state`);
		writeFileSync(`${folder}/state/settings`, "CLUSTER_FAMILIES=none\n");
		expect(cluster(["stop"]).stderr).toContain('CLUSTER_FAMILIES: "none"');
	});
});

describe("scripts/cluster/fetch-debian.sh", () => {
	/** A mirror on which the package has a version, and apt that knows of it; the rest of the tools are this machine's. */
	function fetch(version: string, ...wanted: readonly string[]) {
		const bin = `${folder}/bin`;
		mkdirSync(bin);
		writeFileSync(`${folder}/keyring`, "");
		provide(`${bin}/apt-get`, [
			'case "$*" in',
			'*indextargets*) . /etc/os-release; echo "$VERSION_CODENAME http://mirror.test/debian" ;;',
			`*download*) : >thing_1_all.deb ;;`,
			"esac",
		]);
		provide(`${bin}/dpkg-deb`, [
			"case $1 in",
			`--field) echo "${version}" ;;`,
			'--extract) echo content >"$3/thing" ;;',
			"esac",
		]);
		return run("fetch-debian.sh", ["sid", `${folder}/cache/thing`, ...wanted], {
			PATH: `${bin}:${process.env["PATH"]}`,
			DEBIAN_KEYRING: `${folder}/keyring`,
		});
	}

	function provide(path: string, lines: readonly string[]): void {
		writeFileSync(path, `#!/bin/sh\n${lines.join("\n")}\n`);
		chmodSync(path, 0o755);
	}

	it("unpacks what has the version that was asked for, from the mirror of this machine's apt", () => {
		expect(fetch("1:2.1.9-5", "thing=2.")).toMatchObject({ status: 0, stderr: "" });
		expect(readFileSync(`${folder}/cache/thing/thing`, "utf8")).toBe("content\n");
		expect(readFileSync(`${folder}/cache/apt/sid/sources.list`, "utf8")).toBe(
			`deb [signed-by=${folder}/keyring] http://mirror.test/debian sid main\n`,
		);
	});

	it("fails where another version is there, and does not take it for done", () => {
		expect(fetch("1:3.0.0-1", "thing=2.")).toMatchObject({
			status: 1,
			stderr: "thing of sid is 1:3.0.0-1, wanted 2.…\n",
		});
		expect(existsSync(`${folder}/cache/thing/.complete`)).toBe(false);
	});
});
