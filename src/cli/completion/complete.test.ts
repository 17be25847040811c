import { beforeAll, describe, expect, it } from "vitest";
import { runShunt } from "../../../test/support/programs.ts";
import { modes } from "../../domain/mode.ts";
import { createMemoryHost } from "../../host/memory.ts";
import { runInit } from "../../init/run-init.ts";
import { type CommandShape, complete, type FlagShape, formatCompletion } from "./complete.ts";
import { completionOf, shapeOfProgram } from "./shape-of-program.ts";

let program: CommandShape;
beforeAll(async () => {
	program = await shapeOfProgram();
});

/** The last word is the one being written. */
function texts(...words: string[]): string[] {
	return complete(program, words).candidates.map(({ text }) => text);
}

function wantsFiles(...words: string[]): boolean {
	return complete(program, words).wantsFiles;
}

describe("completing", () => {
	it("offers commands where one is due, and no flags without a dash", () => {
		expect(texts("")).toEqual(program.commands.map(({ name }) => name));
		expect(texts("un")).toEqual(["uninject", "uninstall"]);
		expect(texts("nonsense", "")).toEqual(texts(""));
	});

	it("offers a command's flags after a dash, and values after a flag that has them", () => {
		expect(texts("check", "--pr")).toEqual(["--pre", "--proxy", "--probe-nodes", "--probe-namespace"]);
		expect(texts("check", "-o", "")).toEqual(["table", "json", "short"]);
		expect(texts("check", "--output", "s")).toEqual(["short"]);
		expect(texts("check", "--output=")).toEqual(["--output=table", "--output=json", "--output=short"]);
		expect(texts("check", "--pre", "-")).toEqual(texts("check", "-"));
	});

	it("offers the modes", () => {
		expect(texts("init", "--iptables-mode", "")).toEqual([...modes]);
		expect(texts("init", "--iptables-mode=nft")).toEqual(["--iptables-mode=nft", "--iptables-mode=nftables"]);
	});

	it("offers nothing where nobody can guess, and nothing after a value but the next thing", () => {
		expect(texts("init", "-p", "")).toEqual([]);
		expect(wantsFiles("init", "-p", "")).toBe(false);
		expect(texts("init", "-p", "--sim")).toEqual([]);
		expect(texts("init", "-p", "4143", "--sim")).toEqual(["--simulate"]);
	});

	it("leaves files to the shell where files are meant", () => {
		expect(wantsFiles("inject", "")).toBe(true);
		expect(wantsFiles("inject", "--config", "")).toBe(true);
		expect(wantsFiles("inject", "--config=")).toBe(true);
		expect(wantsFiles("check", "--kubeconfig", "")).toBe(true);
		expect(wantsFiles("install", "-f", "")).toBe(true);
		expect(wantsFiles("init", "--netns", "")).toBe(true);
		expect(wantsFiles("check", "")).toBe(false);
		expect(wantsFiles("completion", "")).toBe(false);
	});

	it("takes nothing for a flag after two dashes", () => {
		expect(texts("inject", "--", "-")).toEqual([]);
		expect(wantsFiles("inject", "--", "--config=")).toBe(true);
	});

	it("takes few words that are all of a help text for the values", () => {
		expect(texts("proxy", "--log-level", "")).toEqual(["error", "warn", "info", "debug"]);
		expect(texts("inject", "--native-sidecar", "")).toEqual(["true", "false"]);
	});

	it("is answered as kubectl wants it", () => {
		expect(formatCompletion(complete(program, ["unin"]))).toMatch(/^uninject\t.+\nuninstall\t.+\n:4\n$/);
		expect(formatCompletion(complete(program, ["inject", ""]))).toBe(":0\n");
	});

	it("knows a command without having loaded the others", async () => {
		expect(await completionOf(["check", "-o", '""'])).toBe("table\njson\nshort\n:4\n");
		expect((await shapeOfProgram("check")).commands.map(({ name }) => name)).not.toContain("proxy");
	});
});

describe("every command", () => {
	/** As help texts begin their lines. */
	const flagsIn = (help: string) =>
		help.split("\n").flatMap((line) => {
			const [, short, long] = /^ {2}(?: {4}|(-\w), )?(--[\w-]+)/.exec(line) ?? [];
			return [short, long].filter((name) => name !== undefined);
		});
	const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted();
	const namesOf = (flags: readonly FlagShape[]) => flags.flatMap(({ names }) => names);

	it("is completed", () => {
		const { stdout } = runShunt(["--help"]);
		const [, listed = ""] = stdout.split("Commands:\n");
		const names =
			listed
				.split("\n\n")[0]
				?.match(/^ {2}([\w-]+)/gm)
				?.map((name) => name.trim()) ?? [];
		expect(names.filter((name) => name !== "help").toSorted()).toEqual(
			program.commands.map(({ name }) => name).toSorted(),
		);
	});

	it("is completed with the flags that its help text lists, and no other", () => {
		for (const { name, flags } of program.commands.filter((command) => command.name !== "explain")) {
			const { stdout } = runShunt([name, "--help"]);
			expect(sorted(namesOf(flags)), name).toEqual(sorted(flagsIn(stdout)));
		}
	}, 120_000);

	it("takes every value that is offered", () => {
		const flags = program.commands.find(({ name }) => name === "init")?.flags ?? [];
		for (const { names, value } of flags) {
			for (const choice of value?.kind === "choices" ? value.choices : []) {
				const host = createMemoryHost();
				const others = ["-p", "1", "-o", "2", "-u", "3", "--simulate"];
				const status = runInit(host, [...others, `${names.at(-1)}=${choice}`]);
				expect([status, ...host.logged.filter((line) => line.includes("want"))], choice).toEqual([0]);
			}
		}
	});
});
