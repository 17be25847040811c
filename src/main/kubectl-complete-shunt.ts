import { runComplete } from "../cli/program.ts";

// What kubectl's completion asks about a plugin's words: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
process.exitCode = await runComplete(process.argv.slice(2));
