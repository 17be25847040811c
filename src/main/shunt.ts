import { runShunt } from "../cli/program.ts";

// By exit: a server that has drained may still hold a client's closing connection, which must not keep it alive.
process.exit(await runShunt(process.argv.slice(2)));
