import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shuntProgram } from "../support/programs.ts";
import { objectsOf } from "./support/installation.ts";

/** More than a pipe holds. */
const long = "x".repeat(120_000);
const args = ["install", "--ignore-cluster", "--set", `injector.podAnnotations.long=${long}`];

function start(stdout: "pipe" | number) {
	const child = spawn(shuntProgram, args, { stdio: ["ignore", stdout, "pipe"], timeout: 120_000 });
	let stderr = "";
	child.stderr?.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	return { child, ended: once(child, "close").then(([status]) => ({ status, stderr })) };
}

const notice =
	"the injector's certificate is made anew each time that no cluster is asked: to keep one, see injector.tls.source\n";

describe("what install prints", () => {
	it("arrives whole at a reader that takes its time", async () => {
		const { child, ended } = start("pipe");
		// By then the pipe is full, and nothing more is written until somebody reads.
		await once(child.stdout!, "readable");
		await new Promise((resolve) => setTimeout(resolve, 300));
		let text = "";
		for await (const chunk of child.stdout!.setEncoding("utf8")) {
			text += chunk;
		}
		expect(await ended).toEqual({ status: 0, stderr: notice });
		expect(text.split(long)).toHaveLength(3);
		expect(objectsOf(text).length).toBeGreaterThan(6);
	});

	it("has nobody to read it, and says so in a line", async () => {
		const { child, ended } = start("pipe");
		child.stdout?.destroy();
		const { status, stderr } = await ended;
		expect(status).toBe(1);
		expect(stderr).toBe(`${notice}shunt install: standard output: broken pipe\n`);
	});

	it("does not fit on the disk, and says so in a line", async () => {
		const full = openSync("/dev/full", "w");
		const { status, stderr } = await start(full).ended;
		closeSync(full);
		expect(status).toBe(1);
		expect(stderr).toBe(`${notice}shunt install: standard output: no space left on device\n`);
	});
});
