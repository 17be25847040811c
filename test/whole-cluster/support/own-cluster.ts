import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

const root = fileURLToPath(new URL("../../../", import.meta.url));
let cluster: (...args: readonly string[]) => void = () => undefined;

/** Starts the cluster that the project's settings ask for, and gives it our images. */
export function setup({ config }: TestProject): void {
	const env = { ...process.env, ...config.env };
	cluster = (...args) => {
		execFileSync(`${root}scripts/cluster/cluster.sh`, args, { env, stdio: "inherit", timeout: 900_000 });
	};
	cluster("start");
	try {
		cluster("import", ...["shunt", "shunt-init"].map((name) => `${root}dist/images/${name}.tar`));
	} catch (error) {
		teardown();
		throw error;
	}
}

/** Ends it, with all that is in it. */
export function teardown(): void {
	cluster("stop");
}
