import { runProxyInit } from "../cli/program.ts";

process.exitCode = await runProxyInit(process.argv.slice(2));
