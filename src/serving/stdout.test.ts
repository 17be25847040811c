import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../test/support/proxy-sockets.ts";
import { BackgroundOutput } from "./stdout.ts";

let folder = "";

beforeAll(() => {
	folder = mkdtempSync(`${tmpdir()}/proxy-stdout-`);
});

afterAll(() => rmSync(folder, { recursive: true }));

function withFile(
	name: string,
	use: (descriptor: number, read: () => string) => Promise<void>,
): Promise<void> {
	const path = `${folder}/${name}`;
	const descriptor = openSync(path, "a");
	return use(descriptor, () => readFileSync(path, "utf8")).finally(() => closeSync(descriptor));
}

/** Both ends of a pipe, neither of which ever blocks. */
function withPipe(name: string, use: (reader: number, writer: number) => Promise<void>): Promise<void> {
	const path = `${folder}/${name}`;
	spawnSync("mkfifo", [path]);
	const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
	const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
	return use(reader, writer).finally(() => closeSync(writer));
}

const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);

describe("lines", () => {
	it("arrive whole and in order, without being asked for", () =>
		withFile("all", async (descriptor, read) => {
			const output = new BackgroundOutput(descriptor);
			for (const line of lines) {
				output.write(line);
			}
			await eventually(() => read() === lines.join(""));
			output.write("one more\n");
			await eventually(() => read().endsWith("one more\n"));
		}));

	it("are all there after a flush", () =>
		withFile("flushed", async (descriptor, read) => {
			const output = new BackgroundOutput(descriptor);
			for (const line of lines) {
				output.write(line);
			}
			await output.flush();
			expect(read()).toBe(lines.join(""));
			await output.flush();
			expect(read()).toBe(lines.join(""));
		}));

	it("wait for a slow reader", () =>
		withPipe("slow", async (reader, writer) => {
			const output = new BackgroundOutput(writer);
			for (const line of lines) {
				output.write(line);
			}
			const flushed = output.flush();
			const chunk = Buffer.alloc(10_000);
			let got = "";
			while (got.length < lines.join("").length) {
				await new Promise((resolve) => setTimeout(resolve, 1));
				got += chunk.subarray(0, readSome(reader, chunk)).toString();
			}
			await flushed;
			expect(got).toBe(lines.join(""));
			closeSync(reader);
		}));

	it("are dropped beyond what may be kept for a reader that does not read", () =>
		withPipe("stuck", async (reader, writer) => {
			const output = new BackgroundOutput(writer);
			const line = `${"x".repeat(1023)}\n`;
			for (let written = 0; written < 16 * 1024; written++) {
				output.write(line);
			}
			await output.flush();
			closeSync(reader);
		}));

	it("are lost without harm when the reader has gone", () =>
		withPipe("gone", async (reader, writer) => {
			closeSync(reader);
			const output = new BackgroundOutput(writer);
			output.write("x\n");
			await output.flush();
			output.write("y\n");
			await output.flush();
		}));
});

function readSome(reader: number, chunk: Buffer): number {
	try {
		return readSync(reader, chunk);
	} catch {
		return 0;
	}
}
