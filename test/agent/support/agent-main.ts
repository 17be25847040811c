import { agentCommand } from "../../../src/agent/command.ts";

/** `shunt agent` as a process of its own. */
await agentCommand((status) => process.exit(status)).parseAsync();
