import { injectorCommand } from "../../../src/injector/command.ts";

/** `shunt injector` as a process of its own. */
await injectorCommand((status) => process.exit(status)).parseAsync();
