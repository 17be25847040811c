import { describe, expect, it } from "vitest";
import { exitCodes } from "../domain/exit-code.ts";
import { version } from "../domain/version.ts";
import { createMemoryHost } from "../host/memory.ts";
import { runClean } from "./clean.ts";
import { overview } from "./help.ts";
import { runMultiCall } from "./multi-call.ts";
import { seldomOfInit } from "./run-init.ts";

function output(invokedAs: string, ...argv: string[]): [number, string] {
	const host = createMemoryHost();
	const status = runMultiCall(host, invokedAs, argv, {
		...seldomOfInit,
		overview: () => overview,
		clean: (rest) => runClean(host, rest),
		status: () => exitCodes.drift,
	});
	return [status, host.output.join("") || host.logged.join("\n")];
}

describe("the node-side programs in one", () => {
	it.each(["proxy-init", "/usr/bin/shunt-init", "/usr/lib/linkerd/linkerd2-proxy-init"])(
		"are init as %s",
		(name) => {
			expect(output(name, "--help")).toEqual([0, expect.stringContaining("--incoming-proxy-port")]);
		},
	);

	it.each(["--version", "-V"])("say which version they are by any name, asked for by %s", (flag) => {
		expect(output("shunt-init", flag)).toEqual([0, `${version}\n`]);
		expect(output("shunt", flag)).toEqual([0, `${version}\n`]);
		expect(output("shunt-init", "--help")[1]).toContain("-V, --version");
	});

	it("have no version of their own as commands, nor beside other flags", () => {
		expect(output("shunt", "init", "--version")[0]).toBe(exitCodes.badInput);
		expect(output("shunt-init", "--version", "-p", "1")[0]).toBe(exitCodes.badInput);
		expect(output("shunt", "init", "--help")[1]).not.toContain("--version");
	});

	it.each([
		[["init", "--help"], "--incoming-proxy-port"],
		[["clean", "--help"], "shunt clean"],
		[["--help"], "shunt init [flags]"],
		[[], "shunt init [flags]"],
		[["--version"], "."],
		[["-V"], "."],
		[["help"], "shunt init [flags]"],
		[["help", "init"], "--incoming-proxy-port"],
		[["help", "clean", "more"], "shunt clean"],
	])("are chosen by %j", (argv, text) => {
		expect(output("shunt", ...argv)).toEqual([0, expect.stringContaining(text)]);
	});

	it("leave to others what is theirs", () => {
		expect(output("shunt", "status")).toEqual([exitCodes.drift, ""]);
	});

	it("know what they are not", () => {
		expect(output("shunt", "proxy")).toEqual([64, expect.stringContaining('"proxy" is not a command here')]);
		expect(output("shunt", "help", "proxy")).toEqual(output("shunt", "proxy"));
		expect(output("shunt", "--netns=x", "init")).toEqual([
			64,
			'shunt: --netns: is not a flag of this program (want a command first: "shunt --help" lists them)',
		]);
	});
});
