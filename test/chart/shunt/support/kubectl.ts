import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

let program: string | undefined;

/** Where kubectl is; builds it where it is not, which takes minutes. */
export function kubectlProgram(): string {
	program ??= execFileSync(fileURLToPath(new URL("../../../../scripts/ensure-kubectl.sh", import.meta.url)), {
		encoding: "utf8",
		stdio: ["ignore", "pipe", "inherit"],
	}).trim();
	return program;
}

export interface KubectlRun {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** kubectl on a text, without a cluster and without anybody's kubeconfig. */
export function kubectl(args: readonly string[], input: string): KubectlRun {
	const { status, stdout, stderr, error } = spawnSync(kubectlProgram(), [...args], {
		input,
		encoding: "utf8",
		maxBuffer: 1 << 26,
		timeout: 120_000,
		env: { PATH: process.env["PATH"], HOME: "/nonexistent", KUBECONFIG: "/nonexistent/config" },
	});
	if (error !== undefined) {
		throw error;
	}
	return { status, stdout, stderr };
}
