import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeRedirection } from "../support/redirected-suite.ts";

const ensureEnvoy = fileURLToPath(new URL("../../scripts/ensure-envoy.sh", import.meta.url));

describeRedirection({
	kind: "envoy",
	program: execFileSync(ensureEnvoy, { encoding: "utf8", timeout: 600_000 }).trim(),
	// Both families' listeners count under the same name.
	count: (metrics, direction) => {
		const sample = new RegExp(
			`^envoy_tcp_downstream_cx_total\\{envoy_tcp_prefix="${direction}"\\} (\\d+)$`,
			"m",
		);
		return Number(sample.exec(metrics)?.[1] ?? 0);
	},
});
