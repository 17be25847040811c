import { exitCodes } from "../domain/exit-code.ts";
import { version } from "../domain/version.ts";
import type { Host } from "../host/host.ts";
import { createNativeHost, type NativeFunctions } from "../host/native.ts";
import { runClean } from "../init/clean.ts";
import { runInit } from "../init/init.ts";

/** Called by the Rust program (native/src/program.rs) with `argv[0]` apart, and answers with the exit status. */
export function main(functions: NativeFunctions, invokedAs: string, argv: readonly string[]): number {
	const host = createNativeHost(functions);
	const name = invokedAs.slice(invokedAs.lastIndexOf("/") + 1);
	return initNames.has(name) ? runInit(host, argv, name) : runShunt(host, argv);
}

/** The last is where Linkerd's injector looks for it. */
const initNames: ReadonlySet<string> = new Set(["proxy-init", "shunt-init", "linkerd2-proxy-init"]);

function runShunt(host: Host, [command = "--help", ...argv]: readonly string[]): number {
	switch (command) {
		case "init":
			return runInit(host, argv);
		case "clean":
			return runClean(host, argv);
		case "--version":
			host.stdout(`${version}\n`);
			return exitCodes.done;
		case "--help":
		case "-h":
			host.stdout(help);
			return exitCodes.done;
		default:
			host.log(`shunt: ${JSON.stringify(command)} is not a command here (want init or clean)`);
			return exitCodes.badInput;
	}
}

const help = `The node-side programs of Shunt, without Node.

Usage:
  shunt init [flags]    redirect a pod's TCP traffic to a proxy (also as proxy-init or shunt-init)
  shunt clean [flags]   remove everything of ours in every dialect
  shunt --version
`;
