import { beforeAll, describe, expect, it } from "vitest";
import { formatRelease } from "../../../src/chart/index.ts";
import { renderObjects } from "../support/ours.ts";
import { type Given, tlsGiven, withGiven } from "./support/chart-files.ts";
import { given } from "./support/given.ts";
import { kubectl, kubectlProgram } from "./support/kubectl.ts";
import { cliPort } from "./support/rendered.ts";

// It is built on first use.
beforeAll(() => void kubectlProgram(), 1_500_000);

function textOf(one: Given): string {
	const { files, sources } = withGiven(one);
	const result = renderObjects(files, sources, cliPort);
	if (!result.ok) {
		throw new Error(result.problem.message);
	}
	return formatRelease(result.value);
}

const texts = given.map((one) => [one.name, textOf(one)] as const);

/** Kinds that kubectl has no Go types for. */
const foreign = /^apiVersion: (cert-manager\.io|monitoring\.coreos\.com)\//m;

describe("kubectl", () => {
	it.each(texts)("reads every object, with %s", (_, text) => {
		const { status, stdout, stderr } = kubectl(
			["label", "--local", "-f", "-", "-o", "name", "seen=yes"],
			text,
		);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(stdout.trim().split("\n")).toHaveLength(text.match(/^kind: /gm)?.length ?? 0);
	});

	// `set env` decodes into Kubernetes' own types before it looks for containers, and so finds every wrong type.
	it.each(texts.filter(([, text]) => !foreign.test(text)))(
		"finds every field of the type that it has to be, with %s",
		(_, text) => {
			const { stdout, stderr } = kubectl(
				["set", "env", "--local", "-f", "-", "-o", "name", "SEEN=yes"],
				text,
			);
			expect(stdout).toContain("deployment.apps/shunt-injector");
			const complaints = stderr.split("\n").filter((line) => line !== "" && !/^error: [\w./-]+$/.test(line));
			expect(complaints.filter((line) => !line.includes("does not have a pod template"))).toEqual([]);
		},
	);

	it("would find a field of a wrong type", () => {
		const text = textOf({ name: "", values: { injector: { tls: tlsGiven } } });
		const broken = text.replace("\n  replicas: 1\n", "\n  replicas: [1]\n");
		expect(broken).not.toBe(text);
		const { status, stderr } = kubectl(
			["set", "env", "--local", "-f", "-", "-o", "name", "SEEN=yes"],
			broken,
		);
		expect(status).toBe(1);
		expect(stderr).toContain("cannot unmarshal array into Go struct field DeploymentSpec.spec.replicas");
	});
});
