import { processWorld, proxyCommand } from "../../src/proxy/command.ts";

/** `shunt proxy` as a process, with the kernel's answer made up: everything was going to this port. */
const port = Number(process.env["SERVER_PORT"]);
const world = { ...processWorld, originalDestination: () => () => ({ address: "127.0.0.1", port }) };

await proxyCommand((status) => process.exit(status), world).parseAsync();
