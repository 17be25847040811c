import type { ExitCode } from "../domain/exit-code.ts";
import { createNodeHost } from "../host/node.ts";
import { runClean } from "../init/clean.ts";
import { runInit } from "../init/run-init.ts";
import { findSocketOwners } from "../linux/socket-owners.ts";
import { runStatus } from "../status/status.ts";

export type NodeSideCommand = "init" | "clean" | "status" | "connections";

/** The commands that read and write a node's rules, as `PROGRAM COMMAND …`; what they print names `program`. */
export async function runOnNode(
	command: NodeSideCommand,
	argv: readonly string[],
	program: string,
): Promise<ExitCode> {
	switch (command) {
		case "init":
			return runInit(createNodeHost(), argv, program);
		case "clean":
			return runClean(createNodeHost(), argv, program);
		case "status":
			return runStatus(createNodeHost(), argv, program);
		case "connections": {
			const { runConnections } = await import("../connections/connections.ts");
			return runConnections(createNodeHost(), findSocketOwners, argv, program);
		}
	}
}
