// Runs in a pod: asks once what its last arguments are, and prints as JSON what came of it (asking.mjs).
import process from "node:process";
import { ask } from "./asking.mjs";

process.stdout.write(`${JSON.stringify(await ask(...process.argv.slice(-3)))}\n`);
