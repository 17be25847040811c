import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Both are in use: what holds for our charts has to hold for either. */
export const helmVersions = [3, 4] as const;
export type HelmVersion = (typeof helmVersions)[number];

const programs = new Map<HelmVersion, string>();

/** Where Helm is; installs it where it is not. */
export function helmProgram(version: HelmVersion = 3): string {
	const ensure = fileURLToPath(new URL("../../../scripts/ensure-helm.sh", import.meta.url));
	const program =
		programs.get(version) ??
		execFileSync(ensure, [String(version)], {
			encoding: "utf8",
			stdio: ["ignore", "pipe", "inherit"],
		}).trim();
	programs.set(version, program);
	return program;
}

export type Rendered =
	| { readonly ok: true; readonly text: string }
	| { readonly ok: false; readonly error: string };

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** What both sides render for, so that `.Release` and `.Capabilities` are the same. */
export const release = { name: "rel", namespace: "ns" };
export const kubeVersion = "v1.31.2";

/** `helm template` in the chart's folder, so that `-f` and `--set-file` find files of the chart. */
export function renderWithHelm(
	files: Files,
	args: readonly string[] = [],
	version: HelmVersion = 3,
): Rendered {
	const folder = mkdtempSync(join(tmpdir(), "shunt-chart-"));
	try {
		for (const [path, content] of Object.entries(files)) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), content);
		}
		const fixed = [
			"template",
			release.name,
			".",
			"--namespace",
			release.namespace,
			"--kube-version",
			kubeVersion,
		];
		const { status, stdout, stderr, error } = spawnSync(helmProgram(version), [...fixed, ...args], {
			cwd: folder,
			encoding: "utf8",
			maxBuffer: 1 << 28,
			timeout: 120_000,
			env: {
				...process.env,
				HELM_CACHE_HOME: join(folder, ".cache"),
				HELM_CONFIG_HOME: join(folder, ".config"),
				TZ: "UTC",
			},
		});
		if (error !== undefined) {
			throw error;
		}
		return status === 0 ? { ok: true, text: stdout } : { ok: false, error: stderr };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
