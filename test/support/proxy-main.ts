import { processDeps, proxyCommand } from "../../src/proxy/command.ts";

/** `shunt proxy` as a process, with the kernel's answer made up: everything was going to this port. */
const port = Number(process.env["SERVER_PORT"]);
const deps = { ...processDeps, originalDestination: () => () => ({ address: "127.0.0.1", port }) };

await proxyCommand((status) => process.exit(status), deps).parseAsync();
