import { Command, CommanderError } from "commander";
import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import { version } from "../domain/version.ts";

/** Makes a command that reports its exit status, since only an entry point may end the process. */
type MakeCommand = (finish: (status: ExitCode) => void) => Command;

/** Loaded one at a time, since what one needs (a proxy's metrics, a webhook's client) the others should not wait for. */
const loaders: Readonly<Record<string, () => Promise<MakeCommand>>> = {
	explain: async () => (await import("./explain/explain-command.ts")).explainCommand,
	proxy: async () => (await import("../proxy/command.ts")).proxyCommand,
	inject: async () => (await import("./inject/inject-command.ts")).injectCommand,
	uninject: async () => (await import("./inject/uninject-command.ts")).uninjectCommand,
	injector: async () => (await import("../injector/command.ts")).injectorCommand,
	check: async () => (await import("./check/check-command.ts")).checkCommand,
	install: async () => (await import("./install/install-command.ts")).installCommand,
	upgrade: async () => (await import("./upgrade/upgrade-command.ts")).upgradeCommand,
	uninstall: async () => (await import("./uninstall/uninstall-command.ts")).uninstallCommand,
};

/** Everything but the node-side commands, which are listed for the help text. */
export async function runCommandTree(argv: readonly string[]): Promise<ExitCode> {
	let status: ExitCode = exitCodes.done;
	const program = new Command("shunt")
		.description("Puts a proxy into a pod's TCP traffic path, in whichever dialect the kernel speaks.")
		.version(version)
		.configureHelp({ showGlobalOptions: true })
		.addHelpText("after", examples)
		.exitOverride();
	program.command("init").description("redirect this pod's TCP traffic to a proxy");
	program.command("clean").description("remove everything of ours, in every dialect");
	program
		.command("status")
		.description("show which dialects hold our rules, and whether they are what they should be");
	program.command("validate").description("prove with real connections that the rules work");
	const [wanted = ""] = argv;
	const names = Object.hasOwn(loaders, wanted) ? [wanted] : Object.keys(loaders);
	for (const make of await Promise.all(names.map((name) => loaders[name]?.()))) {
		const command = make?.((ended) => {
			status = ended;
		});
		if (command !== undefined) {
			program.addCommand(command);
		}
	}
	try {
		await program.parseAsync([...argv], { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) {
			throw error;
		}
		status = error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
	}
	return status;
}

const examples = `
Examples:
  # What would be applied
  shunt init -p 4143 -o 4140 --proxy-uid 2102 --iptables-mode nft --simulate

  # Apply it in another process's network namespace, and take it out again
  shunt init -p 4143 -o 4140 --proxy-uid 2102 --netns /proc/4321/ns/net
  shunt clean --netns /proc/4321/ns/net

  # Serve what is redirected, as the user that the rules exempt
  shunt proxy

"shunt COMMAND --help" says more about a command.`;
