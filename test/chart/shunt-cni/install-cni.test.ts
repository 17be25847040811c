import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { startShunt } from "../../support/programs.ts";
import { helmProgram } from "../support/helm.ts";
import { meaningOf } from "../support/objects.ts";
import { chartFolder, distributions } from "./support/cni-chart.ts";

it.each([
	[[]],
	...distributions.map((file) => [["-f", `${chartFolder}${file}`]]),
	[["--set", "iptablesMode=nft,excludeNamespaces={a,b}", "--set-string", "proxyUID=3000"]],
	[["--set-json", 'nodeSelector={"a":"b"}', "-n", "mesh"]],
	[["-n", "kube-system"]],
])("shunt install-cni prints what Helm does, with %j", async (args: readonly string[]) => {
	const namespace = args.includes("-n") ? [] : ["-n", "shunt-cni"];
	const helm = spawnSync(
		helmProgram(),
		["template", "shunt", chartFolder, "--kube-version", "v1.34.0", ...args, ...namespace],
		{ encoding: "utf8", timeout: 120_000 },
	);
	expect(helm.stderr).toBe("");
	const ours = await startShunt(["install-cni", ...args]).ended;
	expect({ status: ours.status, stderr: ours.stderr }).toEqual({ status: 0, stderr: "" });
	expect(meaningOf({ ok: true, text: ours.stdout })).toEqual(meaningOf({ ok: true, text: helm.stdout }));
});
