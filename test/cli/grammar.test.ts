import { type Command, CommanderError, type Option } from "commander";
import { describe, expect, it } from "vitest";
import { agentCommand } from "../../src/agent/command.ts";
import { findChart } from "../../src/cli/chart/chart-folder.ts";
import { checkCommand } from "../../src/cli/check/check-command.ts";
import { completionCommand } from "../../src/cli/completion/completion-command.ts";
import { explainFlags } from "../../src/cli/explain/explain-flags.ts";
import { parseExplainOptions } from "../../src/cli/explain/options.ts";
import { injectCommand } from "../../src/cli/inject/inject-command.ts";
import { uninjectCommand } from "../../src/cli/inject/uninject-command.ts";
import { installCommand } from "../../src/cli/install/install-command.ts";
import { installCniCommand } from "../../src/cli/install-cni/install-cni-command.ts";
import { uninstallCommand } from "../../src/cli/uninstall/uninstall-command.ts";
import { upgradeCommand } from "../../src/cli/upgrade/upgrade-command.ts";
import type { Flag } from "../../src/command/flag.ts";
import { formatRefusal } from "../../src/command/strict-command.ts";
import { connectionsFlags } from "../../src/connections/flags.ts";
import { parseConnectionsOptions } from "../../src/connections/options.ts";
import { type ExitCode, exitCodes } from "../../src/domain/exit-code.ts";
import type { Problem, Result } from "../../src/domain/problem.ts";
import { createMemoryHost } from "../../src/host/memory.ts";
import { runClean } from "../../src/init/clean.ts";
import { cleanFlags, initFlags } from "../../src/init/flags.ts";
import { runInit } from "../../src/init/run-init.ts";
import { injectorCommand } from "../../src/injector/command.ts";
import { proxyCommand } from "../../src/proxy/command.ts";
import { statusFlags } from "../../src/status/flags.ts";
import { runStatus } from "../../src/status/status.ts";
import { validateFlags } from "../../src/validator/flags.ts";
import { parseValidateOptions } from "../../src/validator/options.ts";
import { runShunt } from "../support/programs.ts";

/** What a program says to arguments, and how it ends. Whatever it does besides fails the test. */
type Run = (argv: readonly string[]) => Promise<{ readonly status: ExitCode; readonly said: string }>;

interface Program {
	readonly flags: readonly Flag[];
	readonly run: Run;
	/** What a command line needs besides, to be right but for one flag. */
	readonly besides: (flag: string) => readonly string[];
}

/** The ports that a policy has to have, but for the one that is tried. */
function policyOf(flag: string): readonly string[] {
	return [
		...(flag === "incoming-proxy-port" ? [] : ["-p", "1"]),
		...(flag === "outgoing-proxy-port" ? [] : ["-o", "2"]),
	];
}

/** Node-side commands, on a machine that shows what was done to it. */
function onHost(run: typeof runInit, program: string): Run {
	return async (argv) => {
		const host = createMemoryHost();
		const status = run(host, argv, program);
		expect(host.commands, "ran").toEqual([]);
		return { status, said: host.logged.map((line) => `${line}\n`).join("") };
	};
}

/** Where reading the arguments is all that matters. */
function parsing(parse: (argv: readonly string[]) => Result<unknown>, program: string): Run {
	return async (argv) => {
		const parsed = parse(argv);
		const problems: readonly Problem[] = parsed.ok ? [] : parsed.problems;
		return {
			status: parsed.ok ? exitCodes.done : exitCodes.badInput,
			said: formatRefusal(program, problems),
		};
	};
}

type Make = (finish: (status: ExitCode) => void, say: (text: string) => void) => Command;

function inTree(make: Make): Run {
	return async (argv) => {
		let said = "";
		let status: ExitCode = exitCodes.done;
		const say = (text: string) => {
			said += text;
		};
		const command = make((ended) => {
			status = ended;
		}, say).configureOutput({ writeErr: say });
		await command.parseAsync([...argv], { from: "user" }).catch((error: unknown) => {
			expect(error).toBeInstanceOf(CommanderError);
			status = exitCodes.badInput;
		});
		return { status, said };
	};
}

/** Everything that a command may look at before its arguments are known to be right. */
function worldOf<T extends object>(say: (text: string) => void): T {
	const known = {
		stderr: say,
		env: {},
		chart: () => findChart("shunt"),
		readFile: () => "{}",
		list: () => undefined,
		stdin: () => "",
	};
	return new Proxy(known, {
		get: (target, name) => {
			if (!(name in target)) {
				throw new Error(`touched ${String(name)}`);
			}
			return Reflect.get(target, name);
		},
	}) as unknown as T;
}

function flagsOf(command: Command): Flag[] {
	return command.options.map((option: Option) => {
		const [, placeholder = ""] = /[<[](.+)[>\]]/.exec(option.flags) ?? [];
		const isList = option.parseArg !== undefined && option.argChoices === undefined;
		return {
			name: option.name(),
			kind: option.required ? (isList ? "list" : "value") : "boolean",
			placeholder: placeholder.toUpperCase(),
			...(option.argChoices === undefined ? {} : { choices: option.argChoices }),
			default: "",
			help: option.description,
		};
	});
}

function tree(make: Make, besides: Program["besides"] = () => []): Program {
	const ignore = () => undefined;
	return { flags: flagsOf(make(ignore, ignore)), run: inTree(make), besides };
}

const programs: Readonly<Record<string, Program>> = {
	"shunt init": { flags: initFlags, run: onHost(runInit, "shunt init"), besides: policyOf },
	"shunt clean": { flags: cleanFlags, run: onHost(runClean, "shunt clean"), besides: () => [] },
	"shunt status": {
		flags: statusFlags(),
		run: onHost((host, argv) => runStatus(host, argv), "shunt status"),
		besides: policyOf,
	},
	"shunt validate": {
		flags: validateFlags,
		run: parsing((argv) => parseValidateOptions(argv, () => undefined, "shunt validate"), "shunt validate"),
		besides: (flag) => (flag === "policy" ? [] : policyOf(flag)),
	},
	"shunt explain": {
		flags: explainFlags,
		run: parsing(parseExplainOptions, "shunt explain"),
		besides: (flag) => {
			const isSource = ["file", "netns", "pid", "live"].includes(flag);
			return isSource ? [] : ["object", "config"].includes(flag) ? ["-f", "x"] : policyOf(flag);
		},
	},
	"shunt proxy": tree((finish) =>
		proxyCommand(
			finish,
			worldOf(() => undefined),
		),
	),
	"shunt connections": {
		flags: connectionsFlags(),
		run: parsing((argv) => parseConnectionsOptions(argv, "shunt connections"), "shunt connections"),
		besides: (flag) => (flag === "interval" ? ["--watch"] : []),
	},
	"shunt agent": tree(
		(finish) =>
			agentCommand(
				finish,
				worldOf(() => undefined),
			),
		(flag) => [
			...(flag === "delete-pods-per-minute" ? ["--repair"] : []),
			...(flag === "node" ? [] : ["--node", "n"]),
		],
	),
	"shunt install-cni": tree((finish, say) => installCniCommand(finish, worldOf(say))),
	"shunt injector": tree((finish) =>
		injectorCommand(
			finish,
			worldOf(() => undefined),
		),
	),
	"shunt inject": tree(
		(finish, say) => injectCommand(finish, worldOf(say)),
		() => ["-"],
	),
	"shunt uninject": tree(
		(finish, say) => uninjectCommand(finish, worldOf(say)),
		() => ["-"],
	),
	"shunt check": tree(
		(finish, say) => checkCommand(finish, worldOf(say)),
		(flag) => (flag === "probe-nodes" ? [] : ["--probe-nodes"]),
	),
	"shunt install": tree((finish, say) => installCommand(finish, worldOf(say))),
	"shunt upgrade": tree((finish, say) => upgradeCommand(finish, worldOf(say))),
	"shunt uninstall": tree((finish, say) => uninstallCommand(finish, worldOf(say))),
	"shunt completion": tree(
		(finish) => completionCommand(finish, () => undefined),
		() => ["bash"],
	),
};

const withoutDigits = ["+5", " 5", "5 ", "0x10", "1e3", "٣", "5.0", "-5", "05"];

/** Values that nothing with such a placeholder can be. */
const values: readonly (readonly [RegExp, readonly string[]])[] = [
	[/^PORT$/, [...withoutDigits, "0", "65536", "http"]],
	[/^PORTS$/, ["+5", "0x10", "1e3", "٣", "0", "65536", "http", "80,,81"]],
	[/^(UID|GID|PID|N|NUMBER)$/, [...withoutDigits, "root"]],
	[/^SUBNETS$/, ["10.0.0.0", "10.0.0.0/33", "x"]],
	[/^SECONDS$/, [...withoutDigits, "30s", "1h", "-1"]],
	[/^KEY$/, [" a", "a b", "a\nb", "-a", "\u001b[31m"]],
	[/^(TIME|DURATION)$/, ["soon", "-1s", "+1s", "1 s", "1e3s", "٣s", "25d", "1,5s", "1w"]],
	[/^(FORMAT|MODE|LEVEL)$/, ["nothing", "x y"]],
	[/^(ADDR|ADDRESS)$/, ["nowhere", "1.2.3"]],
	[/^TRUE\|FALSE$/, ["maybe", "yes"]],
];

const formed = /^shunt [a-z-]+: [^ ].*: .* \(want .+\)$/;

/** What is wrong with what was said, where one mistake is to be told in one line that contains `part`. */
function faultOf(argv: readonly string[], { status, said }: Awaited<ReturnType<Run>>, part: string) {
	const lines = said.trimEnd().split("\n");
	const isRight =
		status === exitCodes.badInput && lines.length === 1 && formed.test(said.trimEnd()) && said.includes(part);
	return isRight ? [] : [`${argv.join(" ")} (want ${part}): ${status} ${said}`];
}

describe.each(Object.entries(programs))("%s", (program, { flags, run, besides }) => {
	/** Each flag's mistakes, tried one at a time. */
	async function faults(
		casesOf: (flag: Flag) => readonly (readonly [readonly string[], string])[],
		besidesOf = besides,
	) {
		const found: string[] = [];
		for (const flag of flags) {
			for (const [written, part] of casesOf(flag)) {
				// What has its value in the next argument comes last.
				const argv = [...besidesOf(flag.name), ...written];
				found.push(...faultOf(argv, await run(argv), `${program}: ${part}`));
			}
		}
		return found;
	}

	it("takes no empty value", async () => {
		const empty = await faults(({ name, kind, emptyIsNone }) =>
			kind === "boolean"
				? [[[`--${name}=`], `--${name}: "" is not a truth value`]]
				: emptyIsNone
					? []
					: [
							[[`--${name}=`], `--${name}: "" is empty`],
							[[`--${name}`, ""], `--${name}: "" is empty`],
							[[`--${name}`, "  "], `--${name}: "  " is empty`],
						],
		);
		expect(empty).toEqual([]);
	});

	it("misses a value", async () => {
		const missing = await faults(({ name, kind, placeholder }) =>
			kind === "boolean" ? [] : [[[`--${name}`], `--${name}: has no value (want --${name} ${placeholder})`]],
		);
		expect(missing).toEqual([]);
	});

	it("takes no value of another kind", async () => {
		const wrong = await faults(({ name, kind, placeholder = "", choices }) => {
			const known = values.find(([form]) => form.test(placeholder));
			const bad = kind === "boolean" ? ["maybe", "yes", "on"] : choices ? ["nothing"] : (known?.[1] ?? []);
			// What becomes an annotation may have blanks around it, and lists that begin with + add to the release's.
			const isAnnotation = (value: string) => program === "shunt inject" && /^[ +]|[ ]$/.test(value);
			return bad
				.filter((value) => !isAnnotation(value))
				.map((value) => [[`--${name}=${value}`], `--${name}: `]);
		});
		expect(wrong).toEqual([]);
	});

	it("says how a truth value is written", async () => {
		const apart = await faults(({ name, kind }) =>
			kind !== "boolean" || (program === "shunt init" && name === "probe")
				? []
				: [
						[
							[`--${name}`, "false"],
							`--${name}: "false" stands apart from its flag, which is true already (want --${name}=false)`,
						],
					],
		);
		expect(apart).toEqual([]);
	});

	it("knows no other flag, and says which was meant", async () => {
		const unknown = await faults(
			({ name, kind }) =>
				name.length < 6
					? []
					: [
							[
								[
									`--${name.slice(0, -1)}${name.at(-1) === "x" ? "y" : "x"}`,
									...(kind === "boolean" ? [] : ["5"]),
								],
								"--",
							],
							[[`--${name}-nonsense=5`], `--${name}-nonsense: is not a flag of this program (want `],
						],
			// Misspelt, it is another one.
			() => besides(""),
		);
		expect(unknown).toEqual([]);
	});
});

describe("shunt itself", () => {
	it.each([
		[["bogus"], 'shunt: command: "bogus" is not known (want one that "shunt --help" lists)'],
		[["expain"], 'shunt: command: "expain" is not known (want explain or another that "shunt --help" lists)'],
		[
			["help", "instal"],
			'shunt: command: "instal" is not known (want install or another that "shunt --help" lists)',
		],
		[
			["--bogus=1"],
			'shunt: --bogus: is not a flag of this program (want a command first: "shunt --help" lists them)',
		],
		[["completion"], "shunt completion: shell: is missing (want bash, zsh, fish, powershell)"],
		[
			["completion", "--bogus"],
			'shunt completion: --bogus: is not a flag of this program (want a flag that "shunt completion --help" lists)\n' +
				"shunt completion: shell: is missing (want bash, zsh, fish, powershell)",
		],
		[
			["completion", "csh"],
			'shunt completion: shell: "csh" is not known (want one of bash, zsh, fish, powershell)',
		],
	])("says of %j what would do", (argv, said) => {
		const { status, stdout, stderr } = runShunt(argv);
		expect({ status, stdout, stderr }).toEqual({
			status: exitCodes.badInput,
			stdout: "",
			stderr: `${said}\n`,
		});
	});

	it("tells of each command what its help text says, whichever way it is asked", () => {
		for (const name of ["init", "explain", "proxy"]) {
			const { status, stdout } = runShunt(["help", name]);
			expect({ status, stdout }).toEqual({
				status: exitCodes.done,
				stdout: runShunt([name, "--help"]).stdout,
			});
			expect(stdout).toContain("Examples:\n");
		}
	});
});
