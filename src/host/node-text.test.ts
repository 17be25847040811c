import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { decodeText, longestText, NotTextError, readTextFile } from "./node-text.ts";

const tooLong = "is longer than 256 MiB (want less, or several files)";

function fileOf(length: number): string {
	const folder = mkdtempSync(join(tmpdir(), "shunt-text-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const path = join(folder, "text");
	writeFileSync(path, "");
	truncateSync(path, length);
	return path;
}

it("a file that is too long is refused before it is read", () => {
	expect(() => readTextFile(fileOf(longestText + 1))).toThrow(tooLong);
});

it("what never ends is refused", () => {
	expect(() => readTextFile("/dev/zero")).toThrow(
		new NotTextError({ complaint: "is longer than 256 MiB", accepted: "less, or several files" }),
	);
});

it("what has no size beforehand is read to its end", () => {
	expect(readTextFile("/proc/self/status")).toContain("\nPid:");
	expect(readTextFile("/dev/null")).toBe("");
	expect(readTextFile(fileOf(0))).toBe("");
});

it("what is in DER is called so, with what writes it as text", () => {
	const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
	const der = key.export({ type: "pkcs8", format: "der" });
	expect(() => decodeText(der)).toThrow(
		/^is in DER \(want PEM, as "openssl x509 -inform der -in FILE" writes/,
	);
	expect(() => decodeText(der.subarray(0, -1))).toThrow(/^(?:is not UTF-8|has a NUL byte): /);
});

it("a folder and what is not there are told apart by node:fs' codes", () => {
	expect(() => readTextFile("/proc")).toThrow(/^EISDIR/);
	expect(() => readTextFile("/nonexistent")).toThrow(/^ENOENT/);
});

it.each([
	["inject", "/dev/zero"],
	["install", "--ignore-cluster", "-f", "/dev/zero"],
	["install", "--ignore-cluster", "--set-file", "proxyInit.skipSubnets=/dev/zero"],
	["explain", "-f", "/dev/zero", "inbound", "80"],
	["check", "--kubeconfig", "/dev/zero"],
])("shunt %s %s … ends, and says why", (...args) => {
	const { status, stdout, stderr } = spawnSync("bin/shunt", args, { encoding: "utf8", timeout: 50_000 });
	expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
	expect(stderr).toContain(`/dev/zero: ${tooLong}`);
});
