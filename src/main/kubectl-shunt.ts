import { runShunt } from "../cli/program.ts";

// `kubectl shunt …`: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/
process.exit(await runShunt(process.argv.slice(2), "kubectl shunt"));
