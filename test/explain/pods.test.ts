import { describe, expect, it } from "vitest";
import { parseInitOptions } from "../../src/init/options.ts";
import { formatStamp } from "../../src/policy/pod-policy-stamp.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { type ExplainedSubject, explained, explainedAsJson } from "./run.ts";

/** A pod of the given parts, asked about an outbound connection to port 80. */
async function explainPod(
	spec: object,
	annotations: object = {},
	packet = "10.0.0.5:80",
): Promise<ExplainedSubject[]> {
	const pod = {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "a", annotations },
		spec: { containers: [{ name: "app" }], ...spec },
	};
	return [...(await explainedAsJson(["-f", "-", "outbound", packet], { stdin: JSON.stringify(pod) }))];
}

const args = ["-p", "4143", "-o", "4140", "-u", "2102"];

describe("an init container's arguments are found", () => {
	it.each([
		["by Linkerd's name", { name: "linkerd-init", args }],
		["by our name", { name: "shunt-init", command: ["/usr/bin/shunt", "init"], args }],
		["by the program", { name: "x", command: ["/usr/lib/linkerd/linkerd2-proxy-init", ...args] }],
		["by the program and its word", { name: "x", command: ["shunt"], args: ["init", ...args] }],
		["by the image", { name: "x", image: "registry.example:5000/linkerd/proxy-init:v2@sha256:00", args }],
	])("%s", async (_, container) => {
		const [subject] = await explainPod({ initContainers: [{ name: "other", args: ["-p", "1"] }, container] });
		expect(subject?.source).toBe(`arguments of init container ${container.name}, mode legacy`);
		expect(subject?.fate).toEqual({ kind: "redirect", port: 4140 });
	});

	it("each of several", async () => {
		const other = ["-p", "5143", "-o", "5140"];
		const found = await explainPod({
			initContainers: [
				{ name: "linkerd-init", args },
				{ name: "shunt-init", args: ["init", ...other] },
			],
		});
		expect(found.map(({ name, fate }) => [name, fate?.port])).toEqual([
			["pod/a linkerd-init", 4140],
			["pod/a shunt-init", 5140],
		]);
	});
});

describe("what cannot be known is said to be unknown", () => {
	it.each([
		["Istio's init container", { initContainers: [{ name: "istio-init" }] }, /Istio's init container/],
		[
			"Istio's sidecar",
			{ containers: [{ name: "istio-proxy" }] },
			/already injected by Istio .*that makes the rules/,
		],
		["Kuma's init container", { initContainers: [{ name: "kuma-init" }] }, /Kuma's init container/],
		["Consul's init container", { initContainers: [{ name: "consul-connect-inject-init" }] }, /Consul's/],
		[
			"a shell script",
			{ initContainers: [{ name: "linkerd-init", command: ["/bin/sh", "-c", "x"] }] },
			/shell script/,
		],
	])("%s", async (_, spec, reason) => {
		const [subject] = await explainPod(spec);
		expect(subject?.fate?.kind).toBe("unknown");
		expect(subject?.sentence).toMatch(/may go either way, because/);
		expect(subject?.sentence).toMatch(reason);
	});
});

describe("a pod that is left alone", () => {
	it.each([
		["because of its network", { hostNetwork: true }, {}, "hostNetwork is on"],
		["because it says so", {}, { "shunt.dev/inject": "disabled" }, "shunt.dev/inject: disabled says so"],
		["because it runs on Windows", { os: { name: "windows" } }, {}, "Windows"],
	])("%s", async (_, spec, annotations, reason) => {
		const [subject] = await explainPod(spec, annotations);
		expect(subject?.fate).toEqual({ kind: "pass" });
		expect(subject?.sentence).toContain(reason);
	});

	it("because its namespace, which is there, does not ask for it", async () => {
		const stdin = [
			'{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}',
			'{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"n"},"spec":{"containers":[{}]}}',
		].join("\n---\n");
		const [subject] = await explainedAsJson(["-f", "-", "outbound", "80"], { stdin });
		expect(subject?.sentence).toContain("neither the pod nor its namespace has shunt.dev/inject: enabled");
	});
});

describe("notes", () => {
	it("say that the namespace is not at hand", async () => {
		const [subject] = await explainPod({}, { "config.shunt.dev/skip-outbound-ports": "+80" });
		expect(subject?.fate).toEqual({ kind: "pass" });
		expect(subject?.notes.join()).toContain("its namespace is not among the manifests");
	});

	it("name a proxy that the rules do not exempt, and an application that they do", async () => {
		const [subject] = await explainPod({
			initContainers: [{ name: "linkerd-init", args }],
			containers: [
				{ name: "linkerd-proxy", securityContext: { runAsUser: 7 } },
				{ name: "app", securityContext: { runAsUser: 2102 } },
			],
		});
		expect(subject?.notes).toEqual([
			"linkerd-proxy runs as uid 7, but the rules exempt uid 2102: its connections come back to it for ever",
			"container app runs as uid 2102, which is the proxy's: its outbound connections bypass the proxy",
		]);
		expect(subject?.sentence).toMatch(/^An outbound connection of uid 2102 .* goes straight/);
	});

	it("warn of rules without an exempt proxy, in flags", async () => {
		const { stdout } = await explained(["-p", "4143", "-o", "4140"]);
		expect(stdout).toContain("Note: neither --proxy-uid nor --proxy-gid is given");
	});
});

it("the injector's stamp counts more than annotations", async () => {
	const parsed = parseInitOptions([...args, "--outbound-ports-to-ignore", "80"], "test");
	const policy: RedirectPolicy | undefined = parsed.ok ? parsed.value.policy : undefined;
	const [subject] = await explainPod(
		{},
		{ "shunt.dev/redirect": policy && formatStamp(policy), "config.shunt.dev/skip-outbound-ports": "443" },
	);
	expect(subject?.sentence).toContain("port 80 are exempt (annotation shunt.dev/redirect)");
	expect(subject?.notes).toEqual(["no container makes the rules: the node's CNI plugin does"]);
});

it("takes a running pod's addresses from its status", async () => {
	const stdin = JSON.stringify({
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "a" },
		spec: { containers: [{}] },
		status: { podIPs: [{ ip: "10.244.1.7" }, { ip: "FD00:0::7" }, { ip: "garbage" }] },
	});
	const [inbound] = await explainedAsJson(["-f", "-", "inbound", "80", "--family", "ipv6"], { stdin });
	expect(inbound?.assumed).toContainEqual({ field: "to", value: "fd00::7", because: "the pod's address" });
	const [own] = await explainedAsJson(["-f", "-", "outbound", "10.244.1.7:80"], { stdin });
	expect(own?.fate).toEqual({ kind: "pass" });
	expect(own?.sentence).toContain("loopback interface");
});

it("names the values' file for what it sets, and defaults for the rest", async () => {
	const files = { "values.yaml": "proxyInit: {ignoreOutboundPorts: '6000'}\nproxy: {uid: 3000}\n" };
	const stdin = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{}]}}';
	const { stdout } = await explained(["-f", "-", "--config", "values.yaml"], { files, stdin });
	expect(stdout).toMatch(/to port 6000 +pass +proxyInit\.ignoreOutboundPorts in values\.yaml/);
	expect(stdout).toMatch(/of uid 3000 .* proxy\.uid in values\.yaml/);
	expect(stdout).toMatch(/all others +to the proxy, port 4140 +default of proxy\.ports\.outbound/);
});
