import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Somebody's own cluster, in the place of the one that scripts/cluster starts. */
export const foreign = process.env["E2E_KUBECONFIG"];

/** Where each is that was asked for: scripts find, or fetch, them. */
const found = new Map<string, string>();

const scripts: Readonly<Record<string, readonly string[]>> = {
	kubectl: ["ensure-kubectl.sh"],
	helm3: ["ensure-helm.sh", "3"],
	helm4: ["ensure-helm.sh", "4"],
};

/** Where shunt, kubectl, helm3 or helm4 is; any other name is itself. */
export function programNamed(name: string): string {
	const [script, ...args] = scripts[name] ?? [];
	if (script === undefined) {
		return name === "shunt" ? `${root}bin/shunt` : name;
	}
	const known = found.get(name);
	if (known !== undefined) {
		return known;
	}
	const path = execFileSync(`${root}scripts/${script}`, args, {
		encoding: "utf8",
		timeout: 1_200_000,
	}).trim();
	found.set(name, path);
	return path;
}

/** How shunt, kubectl, helm3 or helm4 is called as the cluster's administrator, from where its addresses can be reached. */
export function commandFor(
	program: string,
	args: readonly string[],
): readonly [command: string, args: readonly string[], env: NodeJS.ProcessEnv] {
	const path = programNamed(program);
	return foreign === undefined
		? [`${root}scripts/cluster/cluster.sh`, ["run", path, ...args], process.env]
		: [path, args, { ...process.env, KUBECONFIG: foreign }];
}
