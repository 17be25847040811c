import type { Command } from "commander";
import type { Flag } from "../command/flag.ts";
import type { ExitCode } from "../domain/exit-code.ts";

/** Makes a command that reports its exit status, since only an entry point may end the process. */
type MakeCommand = (finish: (status: ExitCode) => void) => Command;

/** Loaded one at a time, since what one needs (a proxy's metrics, a webhook's client) the others should not wait for. */
const loaders: Readonly<Record<string, () => Promise<MakeCommand>>> = {
	explain: async () => (await import("./explain/explain-command.ts")).explainCommand,
	proxy: async () => (await import("../proxy/command.ts")).proxyCommand,
	inject: async () => (await import("./inject/inject-command.ts")).injectCommand,
	uninject: async () => (await import("./inject/uninject-command.ts")).uninjectCommand,
	injector: async () => (await import("../injector/command.ts")).injectorCommand,
	agent: async () => (await import("../agent/command.ts")).agentCommand,
	check: async () => (await import("./check/check-command.ts")).checkCommand,
	install: async () => (await import("./install/install-command.ts")).installCommand,
	"install-cni": async () => (await import("./install-cni/install-cni-command.ts")).installCniCommand,
	upgrade: async () => (await import("./upgrade/upgrade-command.ts")).upgradeCommand,
	uninstall: async () => (await import("./uninstall/uninstall-command.ts")).uninstallCommand,
	completion: async () => (await import("./completion/completion-command.ts")).completionCommand,
};

/** The command of that name alone, or all where there is none. */
export async function loadCommands(
	wanted: string,
	finish: (status: ExitCode) => void,
): Promise<readonly Command[]> {
	const names = Object.hasOwn(loaders, wanted) ? [wanted] : Object.keys(loaders);
	const makers = await Promise.all(names.map((name) => loaders[name]?.()));
	return makers.flatMap((make) => (make === undefined ? [] : [make(finish)]));
}

/** A command that reads its own flags, as in the native program. */
export interface OwnFlagsCommand {
	readonly name: string;
	readonly description: string;
	flags(): Promise<readonly Flag[]>;
}

/** Listed for the help text; program.ts runs them. */
export const ownFlagsCommands: readonly OwnFlagsCommand[] = [
	{
		name: "init",
		description: "redirect this pod's TCP traffic to a proxy",
		flags: async () => (await import("../init/flags.ts")).initFlags,
	},
	{
		name: "clean",
		description: "remove everything of ours, in every dialect",
		flags: async () => (await import("../init/flags.ts")).cleanFlags,
	},
	{
		name: "status",
		description: "show which dialects hold our rules, and whether they are what they should be",
		flags: async () => (await import("../status/flags.ts")).statusFlags(),
	},
	{
		name: "connections",
		description: "show live connections: where each went, and which rule explains it",
		flags: async () => (await import("../connections/flags.ts")).connectionsFlags(),
	},
	{
		name: "validate",
		description: "prove with real connections that the rules work",
		flags: async () => (await import("../validator/flags.ts")).validateFlags,
	},
];

/** What can stand first. */
export const commandNames: readonly string[] = [
	...ownFlagsCommands.map(({ name }) => name),
	...Object.keys(loaders),
	"help",
];
