import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const script = fileURLToPath(new URL("../../scripts/ensure-tools.sh", import.meta.url));
const families = ["iptables", "ip6tables"];
const tools = [
	...families.flatMap((family) => [`${family}-legacy-restore`, `${family}-nft-restore`]),
	...["nft", "ip", "setpriv"],
];

let path: string;

beforeEach(() => {
	path = mkdtempSync(`${tmpdir()}/shunt-ensure-`);
	writeFileSync(`${path}/log`, "");
	symlinkSync("/bin/sh", `${path}/sh`);
	provide("id", "echo 0");
	provide("apt-get", `echo "$@" >>${path}/log`);
});

afterEach(() => rmSync(path, { recursive: true }));

it("does nothing when nothing is missing", () => {
	provideAll(tools);
	expect(ensure()).toMatchObject({ status: 0, stdout: "", stderr: "" });
	expect(aptCalls()).toEqual([]);
});

it("installs what is missing, each package once, after an update", () => {
	provideAll(["ip", "setpriv"]);
	expect(ensure()).toMatchObject({ status: 0, stderr: "installing iptables nftables …\n" });
	const [update, install, ...more] = aptCalls();
	expect(update).toMatch(/ update$/);
	expect(install).toMatch(/ install --yes --no-install-recommends iptables nftables$/);
	expect(more).toEqual([]);
});

it("takes further programs, whose packages may have other names", () => {
	provideAll(tools);
	ensure("python3", "ss=iproute2", "sh");
	expect(aptCalls().at(-1)).toMatch(/ python3 iproute2$/);
});

it("says what to install when it may not", () => {
	provideAll(tools.slice(1));
	provide("id", "echo 1000");
	expect(ensure()).toMatchObject({ status: 1, stderr: expect.stringMatching(/^missing here: iptables\. /) });
	expect(aptCalls()).toEqual([]);
});

it("fails when apt-get does", () => {
	provide("apt-get", "exit 100");
	expect(ensure().status).toBe(100);
});

function provideAll(names: readonly string[]): void {
	for (const name of names) {
		provide(name, "");
	}
}

function provide(name: string, body: string): void {
	writeFileSync(`${path}/${name}`, `#!/bin/sh\n${body}\n`);
	chmodSync(`${path}/${name}`, 0o755);
}

function ensure(...args: readonly string[]): SpawnSyncReturns<string> {
	return spawnSync("/bin/sh", [script, ...args], { env: { PATH: path }, encoding: "utf8", timeout: 10_000 });
}

function aptCalls(): string[] {
	return readFileSync(`${path}/log`, "utf8").split("\n").filter(Boolean);
}
