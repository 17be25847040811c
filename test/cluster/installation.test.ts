import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ControlPlane } from "../support/control-plane/control-plane.ts";
import { becomes, RunningInjector, succeed } from "../support/control-plane/running-injector.ts";

const shunt = fileURLToPath(new URL("../../bin/shunt", import.meta.url));

let plane: ControlPlane;
let injector: RunningInjector;

beforeAll(async () => {
	plane = await ControlPlane.start();
}, 1_800_000);

afterAll(async () => {
	await plane?.stop();
});

/** The tests follow one another, as an administrator's day does. */
describe("on a real API server", () => {
	it("a cluster without Shunt passes the checks before an install", () => {
		const { status, stdout } = plane.run(shunt, ["check", "--pre", "--wait", "0s"]);
		expect(stdout).not.toContain("×");
		expect(status).toBe(0);
	});

	it("what shunt install prints is applied, field for field", () => {
		const manifests = succeed(plane.run(shunt, ["install", "--set", "proxyInit.iptablesMode=nft"])).stdout;
		const applied = succeed(
			plane.run("kubectl", ["apply", "--validate=strict", "-f", "-"], { input: manifests }),
		);
		expect(applied.stdout).toContain(
			"mutatingwebhookconfiguration.admissionregistration.k8s.io/shunt-injector created",
		);
		expect(applied.stderr).toBe("");
		const again = succeed(plane.run("kubectl", ["diff", "-f", "-"], { input: manifests }));
		expect(again.stdout).toBe("");
	});

	it("a second install is refused, and nothing printed", () => {
		const { status, stdout, stderr } = plane.run(shunt, ["install"]);
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toContain("shunt upgrade");
	});

	it("the injector, with the rights that the chart gives it and no more, admits pods", async () => {
		injector = await RunningInjector.start(plane);
		await admitsPods();
		expect(injectedModes("before")).toEqual({
			containers: ["shunt-init", "shunt-proxy"],
			mode: "nft",
		});
		await becomes(
			() => plane.run("kubectl", ["get", "events.events.k8s.io", "-n", "team"]).stdout,
			/Injected/,
		);
		expect(may("list", "secrets", "team")).toBe("no");
		expect(may("get", "pods", "team")).toBe("no");
		expect(may("list", "namespaces")).toBe("yes");
	});

	it("a pod with a wrong annotation is refused, and its author told why", () => {
		const pod = podNamed("wrong", { "config.shunt.dev/skip-outbound-ports": "80-20" });
		const { status, stderr } = plane.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(pod) });
		expect(status).not.toBe(0);
		expect(stderr).toMatch(/denied the request: .*config\.shunt\.dev\/skip-outbound-ports.*"80-20"/);
	});

	it("shunt check finds what is wrong, and the data plane's modes", () => {
		const { status, stdout } = plane.run(shunt, ["check", "--proxy", "--wait", "0s", "-o", "json"]);
		const checks = JSON.parse(stdout).categories.flatMap(
			(category: { checks: unknown[] }) => category.checks,
		);
		const resultOf = (id: string) => checks.find((check: { id: string }) => check.id === id)?.result;
		expect(resultOf("webhook-injects")).toBe("ok");
		expect(resultOf("proxy-mode")).toBe("ok");
		// Without controllers no Deployment has a pod.
		expect(resultOf("injector-available")).toBe("failed");
		expect(status).toBe(1);
	});

	it("an upgrade changes the mode, keeps the certificate, and says so", async () => {
		const before = certificate();
		const { stdout, stderr } = succeed(
			plane.run(shunt, ["upgrade", "--set", "proxyInit.iptablesMode=nftables"]),
		);
		expect(stderr).toMatch(/proxyInit\.iptablesMode: nft → nftables/);
		expect(stderr).toMatch(/1 workload/);
		succeed(plane.run("kubectl", ["apply", "--validate=strict", "-f", "-"], { input: stdout }));
		expect(certificate()).toBe(before);
		injector.mount();
		await becomes(() => injectedModes(`after-${Date.now()}`).mode ?? "", /^nftables$/);
	});

	it("an upgrade without a word changes nothing at all", () => {
		const { stdout } = succeed(plane.run(shunt, ["upgrade"]));
		expect(succeed(plane.run("kubectl", ["diff", "-f", "-"], { input: stdout })).stdout).toBe("");
	});

	it("uninstall waits for the pods to go, and then takes everything", () => {
		expect(plane.run(shunt, ["uninstall"]).status).toBe(1);
		succeed(plane.run("kubectl", ["delete", "namespace", "team", "--wait=false"]));
		succeed(plane.run("kubectl", ["delete", "pods", "--all", "-n", "team", "--grace-period=0", "--force"]));
		const { stdout } = succeed(plane.run(shunt, ["uninstall"]));
		expect(stdout).toMatch(/kind: Namespace\nmetadata:\n {2}name: shunt\n/);
		succeed(plane.run("kubectl", ["delete", "--wait=false", "-f", "-"], { input: stdout }));
		const kinds = "mutatingwebhookconfigurations,clusterroles,clusterrolebindings";
		const left = plane.run("kubectl", ["get", kinds, "-l", "app.kubernetes.io/part-of=shunt", "-o", "name"]);
		expect(left.stdout).toBe("");
	});

	it.each([
		["one that somebody made", "guest", []],
		["one that somebody made, which nobody asked about", "taken", ["--ignore-cluster"]],
		["the cluster's own", "default", ["--ignore-cluster"]],
	])("%s is left when Shunt goes from it", (_, namespace, flags) => {
		if (namespace !== "default") {
			succeed(plane.run("kubectl", ["create", "namespace", namespace]));
		}
		const labels = () =>
			succeed(plane.run("kubectl", ["get", "namespace", namespace, "-o", "jsonpath={.metadata.labels}"]))
				.stdout;
		const before = labels();
		const place = ["-n", namespace];
		const applied = (command: string, ...more: string[]) => {
			const { stdout } = succeed(plane.run(shunt, [command, ...place, ...more]));
			succeed(plane.run("kubectl", ["apply", "--validate=strict", "-f", "-"], { input: stdout }));
			return stdout;
		};
		applied("install", ...flags);
		expect(applied("upgrade")).not.toMatch(/^kind: Namespace$/m);
		expect(labels() === before).toBe(namespace !== "taken");
		const { stdout } = succeed(plane.run(shunt, ["uninstall", ...place]));
		expect(stdout).not.toMatch(/^kind: Namespace$/m);
		succeed(plane.run("kubectl", ["delete", "--wait=false", "-f", "-"], { input: stdout }));
	});

	it("helm installs and upgrades the same chart, and keeps its certificate", () => {
		const chart = fileURLToPath(new URL("../../charts/shunt", import.meta.url));
		const place = ["-n", "by-helm", "--set", "proxyInit.iptablesMode=auto"];
		succeed(plane.run("helm", ["install", "shunt", chart, "--create-namespace", ...place]));
		const before = certificate("by-helm");
		succeed(plane.run("helm", ["upgrade", "shunt", chart, ...place, "--set", "disableIPv6=false"]));
		expect(certificate("by-helm")).toBe(before);
		succeed(plane.run("helm", ["uninstall", "shunt", "-n", "by-helm"]));
	});
});

/** The API server learns of the namespace, the webhook and its endpoint in its own time. */
async function admitsPods(): Promise<void> {
	const metadata = { name: "team", annotations: { "shunt.dev/inject": "enabled" } };
	const namespace = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata });
	succeed(plane.run("kubectl", ["apply", "-f", "-"], { input: namespace }));
	await becomes(() => {
		plane.run("kubectl", ["delete", "pod", "trial", "-n", "team", "--grace-period=0", "--force"]);
		return applyPod("trial");
	}, /shunt-init/);
	succeed(plane.run("kubectl", ["delete", "pod", "trial", "-n", "team", "--grace-period=0", "--force"]));
}

function podNamed(name: string, annotations: Readonly<Record<string, string>> = {}) {
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "team", annotations },
		spec: { containers: [{ name: "app", image: "app:1" }] },
	};
}

/** What the API server made of a pod, as text. */
function applyPod(name: string): string {
	const input = JSON.stringify(podNamed(name));
	return plane.run("kubectl", ["apply", "-o", "yaml", "-f", "-"], { input }).stdout;
}

function injectedModes(name: string) {
	const { initContainers } = parse(applyPod(name)).spec;
	const args: (string | undefined)[] = initContainers[0].args;
	const flag = args.indexOf("--iptables-mode");
	return {
		containers: initContainers.map((container: { name: string }) => container.name),
		mode: args[flag + 1],
	};
}

function certificate(namespace = "shunt"): string {
	const secret = ["get", "secret", "shunt-injector-tls", "-n", namespace, "-o", "jsonpath={.data.tls\\.crt}"];
	return succeed(plane.run("kubectl", secret)).stdout;
}

/** Whether the injector's service account may. */
function may(verb: string, resource: string, namespace = "shunt"): string {
	const account = "system:serviceaccount:shunt:shunt-injector";
	return plane
		.run("kubectl", ["auth", "can-i", verb, resource, "-n", namespace, "--as", account])
		.stdout.trim();
}
