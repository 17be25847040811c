import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ControlPlane } from "../support/control-plane/control-plane.ts";
import { succeed } from "../support/control-plane/running-injector.ts";

/** docs/gitops.md, on a real API server: what is applied from rendered manifests is what is found there afterwards. */
const shunt = fileURLToPath(new URL("../../bin/shunt", import.meta.url));
const webhook = "mutatingwebhookconfiguration/shunt-injector";

let plane: ControlPlane;
let manifests: string;

beforeAll(async () => {
	plane = await ControlPlane.start();
}, 1_800_000);

afterAll(async () => {
	await plane?.stop();
});

/** A namespace of its own each time, since nobody here takes apart the one that was deleted. */
function render(namespace: string): string {
	const values = [
		"injector.tls.source=provided",
		"injector.tls.existingSecret=shunt-injector",
		`injector.tls.injectCaFromSecret=${namespace}/shunt-injector`,
		"proxyInit.iptablesMode=auto",
	];
	const flags = ["--ignore-cluster", "--namespace", namespace, "--set", values.join(",")];
	return succeed(plane.run(shunt, ["install", ...flags])).stdout;
}

/** Applies as a controller does, under its own name. */
function kubectl(verb: "apply" | "diff", serverSide: boolean, more: readonly string[] = []) {
	const way = serverSide ? ["--server-side", "--field-manager=argocd-controller"] : [];
	return plane.run("kubectl", [verb, ...way, ...more, "-f", "-"], { input: manifests });
}

/** As cert-manager's injector does it: it owns this one field. */
function writeCaBundle(): void {
	const patch = [{ op: "add", path: "/webhooks/0/clientConfig/caBundle", value: "Q0E=" }];
	succeed(
		plane.run("kubectl", [
			"patch",
			webhook,
			"--type=json",
			"--field-manager=cert-manager-cainjector",
			`-p=${JSON.stringify(patch)}`,
		]),
	);
}

function caBundle(): string {
	return succeed(
		plane.run("kubectl", ["get", webhook, "-o", "jsonpath={.webhooks[0].clientConfig.caBundle}"]),
	).stdout;
}

describe.each([
	["by the server", true, "served"],
	["by the client", false, "given"],
])("manifests that are applied %s", (_, serverSide, namespace) => {
	beforeAll(() => {
		manifests = render(namespace);
	});

	it("are taken by strict validation, field for field, and show no difference", () => {
		const applied = succeed(kubectl("apply", serverSide, ["--validate=strict"]));
		expect(applied.stderr).toBe("");
		expect(succeed(kubectl("diff", serverSide)).stdout).toBe("");
	});

	it("show none either when cert-manager has written whom to trust, and leave that alone", () => {
		writeCaBundle();
		expect(succeed(kubectl("diff", serverSide)).stdout).toBe("");
		succeed(kubectl("apply", serverSide));
		expect(caBundle()).toBe("Q0E=");
	});

	it("are gone again without a rest", () => {
		succeed(plane.run("kubectl", ["delete", "--wait=false", "-f", "-"], { input: manifests }));
		const kinds = "mutatingwebhookconfigurations,clusterroles,clusterrolebindings";
		const left = plane.run("kubectl", ["get", kinds, "-l", "app.kubernetes.io/part-of=shunt", "-o", "name"]);
		expect(left.stdout).toBe("");
	});
});
