import { runNetworkValidator } from "../cli/program.ts";

// By exit: what a connection that was given up still waits for must not keep the process alive.
process.exit(await runNetworkValidator(process.argv.slice(2)));
