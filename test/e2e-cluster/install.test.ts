import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, kubectl, run, succeed } from "./support/cluster.ts";
import { allObjects } from "./support/objects.ts";
import { check, install, removeNamespaces, sets, settled, uninstall } from "./support/release.ts";
import { addressesOf, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const chart = fileURLToPath(new URL("../../charts/shunt", import.meta.url));
const place = "e2e-install";

interface Way {
	readonly name: string;
	readonly install: () => Promise<unknown>;
	readonly uninstall: () => Promise<unknown>;
}

function helm(program: "helm3" | "helm4"): Way {
	return {
		name: program === "helm3" ? "Helm 3" : "Helm 4",
		install: () =>
			succeed(program, [
				"install",
				"shunt",
				chart,
				"-n",
				"shunt",
				"--create-namespace",
				"--wait",
				...sets([]),
			]),
		uninstall: async () => {
			await succeed(program, ["uninstall", "shunt", "-n", "shunt", "--wait"]);
			// Helm made it and never takes one.
			await kubectl("delete", "namespace", "shunt", "--timeout=60s");
		},
	};
}

const ways: readonly Way[] = [
	{ name: "shunt install | kubectl apply", install: () => install(), uninstall },
	helm("helm3"),
	helm("helm4"),
];

let before: readonly string[];

beforeAll(async () => {
	before = await allObjects();
});

afterAll(() => removeNamespaces(place));

it("install: shunt check --pre finds nothing against it", async () => {
	const { status, checks } = await check("--pre", "--wait", "0s");
	expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
	expect(status).toBe(0);
});

it("install: shunt check --pre --probe-nodes finds that the node serves every mode", async () => {
	for (const mode of ["legacy", "nft", "nftables"]) {
		const { status, checks } = await check(
			"--pre",
			"--probe-nodes",
			"--set",
			`proxyInit.iptablesMode=${mode}`,
		);
		expect(checks.find(({ id }) => id === "node-modes")?.result, mode).toBe("ok");
		expect(status, mode).toBe(0);
	}
});

describe.each(ways.map((way) => [way.name, way] as const))("install: %s", (_, way) => {
	it("every part gets ready, and shunt check finds all well", async () => {
		await way.install();
		await settled();
		const { status, checks } = await check("--wait", "60s");
		expect(checks.filter(({ result }) => result === "failed")).toEqual([]);
		expect(checks.map(({ id }) => id)).toContain("webhook-injects");
		expect(status).toBe(0);
	});

	it("a pod is injected, and its connections go through its proxy", async () => {
		const [first, second] = ["first", "second"].map((name) => ({ name, namespace: place, annotations: {} }));
		await apply(namespace(place, inject(true)), pod(first!, serverSpec()), pod(second!, serverSpec()));
		await ready(place, "first", "second");
		const [address = ""] = await addressesOf(second!);
		const path = await trace({ client: first!, server: second!, url: urlOf(address), times: 3 });
		expect(path).toMatchObject({ outbound: 3, inbound: 3, answers: Array(3).fill({ pod: "second" }) });
	});

	it("while a pod is injected shunt uninstall refuses and names it", async () => {
		const { status, stdout, stderr } = await run("shunt", ["uninstall"]);
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toContain(`pod/first in ${place}`);
		await removeNamespaces(place);
	});

	it("uninstall leaves no object in the cluster that was not there before", async () => {
		await way.uninstall();
		await kubectl("wait", "--for=delete", "namespace/shunt", "--timeout=90s");
		expect(await allObjects()).toEqual(before);
	});
});
