import { runProxyInit } from "../cli/program.ts";

process.exitCode = runProxyInit(process.argv.slice(2));
