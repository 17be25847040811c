import { runShunt } from "../cli/program.ts";

process.exitCode = await runShunt(process.argv.slice(2));
