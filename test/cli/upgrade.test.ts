import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { issueCertificate } from "../../src/cli/chart/issue-certificate.ts";
import { modes } from "../../src/domain/mode.ts";
import { redirectAnnotation } from "../../src/policy/annotation-keys.ts";
import { Status } from "../support/api-server/status.ts";
import { type Data, Installation, modeIn, objectIn } from "./support/installation.ts";

let cluster: Installation;

beforeEach(async () => {
	cluster = await Installation.start();
});
afterEach(async () => {
	await cluster.stop();
});

const day = 24 * 3_600_000;

function mode(name: string): string[] {
	return ["--set", `proxyInit.iptablesMode=${name}`];
}

function putPod(name: string, namespace: string, more: Record<string, unknown> = {}): void {
	const { metadata = {}, ...rest } = more;
	cluster.api.store.put("v1/pods", {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, annotations: { [redirectAnnotation]: "{}" }, ...(metadata as object) },
		spec: {},
		...rest,
	});
}

function secretOf(text: string): Data {
	return objectIn(text, "Secret", "shunt-injector-tls")["data"] as Data;
}

describe("shunt upgrade with integers beyond 2^53", () => {
	const tolerations = (seconds: string) =>
		cluster.write(
			"big.yaml",
			`injector: {tolerations: [{key: a, operator: Exists, tolerationSeconds: ${seconds}}]}\n`,
		);

	it("keeps what is stored to the digit, and says what changes to the digit", async () => {
		await cluster.apply("install", "-f", tolerations("9007199254740993"));
		const kept = await cluster.run("upgrade", ...mode("nft"));
		expect(kept.stdout.match(/tolerationSeconds: .*/g)).toEqual(
			Array(2).fill("tolerationSeconds: 9007199254740993"),
		);
		expect(kept.stderr).not.toContain("injector.tolerations");
		const changed = await cluster.run("upgrade", "-f", tolerations("9007199254740992"));
		expect(changed.stderr).toMatch(/injector\.tolerations: .*9007199254740993.* → .*9007199254740992/);
		const installed = cluster.find("ConfigMap", "shunt-config", "shunt")!;
		const file = cluster.write("installed.yaml", stringify(installed));
		const offline = await cluster.run("upgrade", "--from-manifests", file);
		expect(offline.stdout.match(/tolerationSeconds: .*/g)).toEqual(
			Array(2).fill("tolerationSeconds: 9007199254740993"),
		);
	});

	it("keeps a tag of digits that --set gave", async () => {
		await cluster.apply("install", "--set", "proxy.image.version=20260101");
		const store = cluster.find("ConfigMap", "shunt-config", "shunt")!;
		const data = store["data"] as Data;
		// As a release before stored it.
		const asNumber = (data["values.yaml"] ?? "").replace('version: "20260101"', "version: 20260101");
		expect(asNumber).not.toBe(data["values.yaml"]);
		for (const text of [data["values.yaml"] ?? "", asNumber]) {
			cluster.api.store.put("v1/configmaps", { ...store, data: { ...data, "values.yaml": text } });
			const { status, stdout } = await cluster.run("upgrade");
			expect(status).toBe(0);
			expect(stdout).toContain('image: "shunt/shunt:20260101"');
		}
	});
});

describe("shunt upgrade from a mode to another", () => {
	const pairs = modes.flatMap((from) => modes.map((to) => [from, to] as const));

	it.each(pairs)("%s → %s", async (from, to) => {
		await cluster.apply("install", ...mode(from));
		const { status, stdout, stderr } = await cluster.run("upgrade", ...mode(to));
		expect(status).toBe(0);
		expect(modeIn(stdout)).toBe(to);
		const expected = from === to ? "no value changes" : `proxyInit.iptablesMode: ${from} → ${to}`;
		expect(stderr.split("\n")[0]).toBe(expected);
	});
});

describe("shunt upgrade", () => {
	it("with nothing to change prints what is there", async () => {
		const installed = await cluster.apply(
			"install",
			"--ha",
			"--set",
			"proxyInit.iptablesMode=auto,proxyInit.logLevel=null,injector.podLabels.a\\.b/c=d",
		);
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(stdout).toBe(installed.stdout);
		expect(stderr).toMatch(
			/^no value changes\ncertificate: kept, valid until \d{4}-\d\d-\d\d\nno injected workload changes\n$/,
		);
	});

	it("keeps what is stored when a default has changed, and gives new keys their defaults", async () => {
		cluster.changeChart("0.0.9", () => undefined);
		await cluster.apply("install");
		cluster.changeChart("0.1.1", (values) => {
			(values["proxyInit"] as Record<string, unknown>)["iptablesMode"] = "nft";
		});
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(modeIn(stdout)).toBe("legacy");
		expect(stderr.split("\n").slice(0, 2)).toEqual([
			"version: 0.0.9 → 0.1.1",
			expect.stringMatching(/^no injected|^certificate/),
		]);
		expect(modeIn((await cluster.run("upgrade", "--reset-values")).stdout)).toBe("nft");
	});

	it("gives keys that the older release did not have their defaults, and says so", async () => {
		cluster.changeChart("0.0.9", (values) => {
			Reflect.deleteProperty(values["podMonitor"] as object, "scrapeTimeout");
		});
		await cluster.apply("install");
		cluster.useOwnChart();
		const { stdout, stderr } = await cluster.run("upgrade");
		expect(stderr).toContain("podMonitor.scrapeTimeout: (none) → 10s\n");
		expect(stdout).toContain("scrapeTimeout: 10s");
	});

	it("takes values away again", async () => {
		await cluster.apply("install", "--set", "injector.podLabels.team=a,proxyInit.logLevel=debug");
		const args = ["--set", "injector.podLabels.team=null,proxyInit.logLevel=null"];
		const { status, stdout, stderr } = await cluster.run("upgrade", ...args);
		expect(status).toBe(0);
		expect(stderr).toContain("injector.podLabels.team: a → (none)\n");
		expect(stderr).toMatch(/^proxyInit.logLevel: debug → (?:\(none\)|"")$/m);
		expect(stdout).not.toContain("team: a");
	});

	it("takes a Linkerd user's values file", async () => {
		await cluster.apply("install");
		const file = cluster.write(
			"linkerd.yaml",
			`disableIPv6: false
proxyInit:
  iptablesMode: nft
  ignoreInboundPorts: "4567,4568,3306"
  ignoreOutboundPorts: "4567,4568"
  kubeAPIServerPorts: "443,6443"
  skipSubnets: "10.0.0.0/8"
  logLevel: info
  logFormat: plain
  closeWaitTimeoutSecs: 0
  runAsRoot: false
  runAsUser: 65534
  runAsGroup: 65534
  privileged: false
  xtMountPath: {mountPath: /run, name: linkerd-proxy-init-xtables-lock}
proxy:
  uid: 2102
  gid: -1
  ports: {admin: 4191, control: 4190, inbound: 4143, outbound: 4140}
  resources: {cpu: {limit: "", request: 100m}, memory: {limit: "", request: 20Mi}}
`,
		);
		const { status, stdout, stderr } = await cluster.run("upgrade", "-f", file);
		expect(status).toBe(0);
		expect(modeIn(stdout)).toBe("nft");
		expect(stderr).toContain("proxyInit.iptablesMode: legacy → nft\n");
		expect(stderr).toContain("disableIPv6: true → false\n");
		expect(stderr).toContain(
			"proxyInit.xtMountPath.name: shunt-init-xtables-lock → linkerd-proxy-init-xtables-lock\n",
		);
		expect(stderr).not.toContain("proxy.uid");
	});

	it("refuses a wrong value, with nothing printed", async () => {
		await cluster.apply("install");
		const { status, stdout, stderr } = await cluster.run("upgrade", ...mode("nftt"));
		expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
		expect(stderr).toContain("iptablesMode");
	});

	it("says when Helm made the release", async () => {
		await cluster.apply("install");
		const store = cluster.find("ConfigMap", "shunt-config", "shunt");
		const annotations = { "meta.helm.sh/release-name": "mesh" };
		cluster.api.store.put("v1/configmaps", { ...store!, metadata: { ...store!.metadata, annotations } });
		const { status, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(stderr).toContain('Helm installed this as "mesh"');
	});

	it("names what is no longer part of the release, which kubectl leaves", async () => {
		await cluster.apply("install", "--set", "networkPolicy.enabled=true,installNamespace=true");
		const { status, stderr } = await cluster.run("upgrade", "--set", "networkPolicy.enabled=false");
		expect(status).toBe(0);
		expect(stderr).toContain(
			"NetworkPolicy shunt-injector is no longer part of it: kubectl delete -n shunt networkpolicy.networking.k8s.io shunt-injector\n",
		);
		expect(stderr.match(/no longer part/g)).toHaveLength(1);
	});

	it("asks whether it may change what it prints", async () => {
		await cluster.apply("install");
		cluster.api.allows = ({ verb, resource }) => verb !== "patch" || resource !== "deployments";
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
		expect(stderr).toBe("shunt upgrade: you may not patch deployments.apps in the namespace shunt\n");
	});
});

describe("how far an upgrade reaches", () => {
	it("is told by owner, without what has ended and without the control plane", async () => {
		await cluster.apply("install");
		for (const name of ["web-5d5f7c-a", "web-5d5f7c-b"]) {
			putPod(name, "shop", {
				metadata: {
					labels: { "pod-template-hash": "5d5f7c" },
					ownerReferences: [{ kind: "ReplicaSet", name: "web-5d5f7c", controller: true }],
				},
			});
		}
		putPod("db-0", "shop", {
			metadata: { ownerReferences: [{ kind: "StatefulSet", name: "db", controller: true }] },
		});
		putPod("alone", "tools");
		putPod("done", "tools", { status: { phase: "Succeeded" } });
		putPod("plain", "tools", { metadata: { annotations: {} } });
		putPod("shunt-injector-1", "shunt", { metadata: { labels: { "app.kubernetes.io/part-of": "shunt" } } });
		const { stderr } = await cluster.run("upgrade", ...mode("nft"));
		expect(stderr).toContain(
			[
				"3 workloads (4 pods) change at their next restart:",
				"  deployment/web in shop (2 pods)",
				"  statefulset/db in shop (1 pod)",
				"  pod/alone in tools (1 pod)",
				"",
			].join("\n"),
		);
	});

	it("is nowhere when only the control plane changes", async () => {
		await cluster.apply("install");
		putPod("web", "shop");
		const { stderr } = await cluster.run("upgrade", "--set", "injector.replicas=2");
		expect(stderr).toContain("injector.replicas: 1 → 2\n");
		expect(stderr).toContain("no injected workload changes\n");
	});

	it("is not known to those who may not list pods", async () => {
		await cluster.apply("install");
		cluster.api.obstacle = ({ path }) =>
			path.endsWith("/pods") ? new Status(403, "Forbidden", "pods is forbidden") : undefined;
		const { status, stderr } = await cluster.run("upgrade", ...mode("nft"));
		expect(status).toBe(0);
		expect(stderr).toContain("you may not list pods");
	});
});

describe("the certificate", () => {
	it("stays", async () => {
		const { stdout } = await cluster.apply("install");
		const upgraded = await cluster.run("upgrade", ...mode("nft"));
		expect(secretOf(upgraded.stdout)).toEqual(secretOf(stdout));
	});

	it("is replaced when that is asked for", async () => {
		const { stdout } = await cluster.apply("install");
		const upgraded = await cluster.run("upgrade", "--rotate-certs");
		expect(upgraded.stderr).toContain(
			"certificate: replaced, as --rotate-certs says (Secret shunt-injector-tls)\n",
		);
		expect(secretOf(upgraded.stdout)["tls.key"]).not.toBe(secretOf(stdout)["tls.key"]);
		expect(trusted(upgraded.stdout)[0]).toBe(authority(upgraded.stdout));
	});

	it("that is replaced stays trusted until the next upgrade, since injectors present it on for a while", async () => {
		const first = (await cluster.apply("install")).stdout;
		expect(trusted(first)).toEqual([authority(first)]);
		const second = (await cluster.apply("upgrade", "--rotate-certs")).stdout;
		expect(trusted(second)).toEqual([authority(second), authority(first)]);
		const third = (await cluster.apply("upgrade", "--rotate-certs")).stdout;
		expect(trusted(third)).toEqual([authority(third), authority(second)]);
		expect(trusted((await cluster.apply("upgrade")).stdout)).toEqual([authority(third)]);
	});

	it("is replaced all the same where the webhook's configuration may not be read", async () => {
		await cluster.apply("install");
		cluster.api.obstacle = ({ path }) =>
			path.includes("/mutatingwebhookconfigurations")
				? new Status(403, "Forbidden", "not for you")
				: undefined;
		const { status, stdout } = await cluster.run("upgrade", "--rotate-certs");
		expect(status).toBe(0);
		expect(trusted(stdout)).toEqual([authority(stdout)]);
	});

	it.each([
		["has expired", 4000, /certificate: replaced, as it expired on \d{4}-\d\d-\d\d/],
		["is about to expire", 3640, /certificate: replaced, as it expires on \d{4}-\d\d-\d\d/],
		["is good for longer", 3600, /certificate: kept, valid until/],
	])("that %s", async (_, days, expected) => {
		const { stdout } = await cluster.apply("install");
		cluster.now = () => Date.now() + days * day;
		const upgraded = await cluster.run("upgrade");
		expect(upgraded.stderr).toMatch(expected);
		const { validTo } = new X509Certificate(
			Buffer.from(secretOf(upgraded.stdout)["tls.crt"] ?? "", "base64"),
		);
		expect(Date.parse(validTo)).toBeGreaterThan(cluster.now() + 30 * day);
		expect(secretOf(upgraded.stdout)["tls.key"] === secretOf(stdout)["tls.key"]).toBe(days === 3600);
	});

	it.each([
		["no certificate", { "tls.crt": "eA==" }, "its tls.crt cannot be read"],
		["no authority", { "ca.crt": "" }, "its ca.crt cannot be read"],
		["no key", { "tls.key": "" }, "its tls.key cannot be read"],
	])("is replaced where the Secret has %s", async (_, changes, why) => {
		await cluster.apply("install");
		const secret = cluster.find("Secret", "shunt-injector-tls", "shunt")!;
		cluster.api.store.put("v1/secrets", { ...secret, data: { ...(secret["data"] as Data), ...changes } });
		const { status, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(stderr).toContain(`certificate: replaced, as ${why}`);
	});

	it("is replaced where it is for another name, which no time would mend", async () => {
		await cluster.apply("install");
		const now = Date.now();
		const request = { ipAddresses: [], daysValid: 3600 };
		const issuer = issueCertificate({ ...request, kind: "ca", commonName: "ca", dnsNames: [] }, now);
		const { certificate, key } = issueCertificate(
			{ ...request, kind: "signed", commonName: "x", dnsNames: ["other.svc"], issuer },
			now,
		);
		const encode = (text: string) => Buffer.from(text).toString("base64");
		const data = {
			"ca.crt": encode(issuer.certificate),
			"tls.crt": encode(certificate),
			"tls.key": encode(key),
		};
		const secret = cluster.find("Secret", "shunt-injector-tls", "shunt")!;
		cluster.api.store.put("v1/secrets", { ...secret, data });
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(stderr).toContain("certificate: replaced, as its tls.crt is for DNS:other.svc");
		const made = new X509Certificate(Buffer.from(secretOf(stdout)["tls.crt"] ?? "", "base64"));
		expect(made.checkHost("shunt-injector.shunt.svc")).toBeDefined();
	});

	it.each([
		[{ type: "Opaque" }, "has the type Opaque, which cannot become kubernetes.io/tls"],
		[{ immutable: true }, "is immutable, and other content is to be written into it"],
	])("is not written into a Secret that cannot take it: %j", async (changes, says) => {
		await cluster.apply("install");
		const secret = cluster.find("Secret", "shunt-injector-tls", "shunt")!;
		cluster.api.store.put("v1/secrets", { ...secret, ...changes });
		const { status, stdout, stderr } = await cluster.run("upgrade", "--rotate-certs");
		expect(status, stderr).toBe(1);
		expect(stdout).toBe("");
		expect(stderr).toContain(says);
		expect(stderr).toContain("kubectl delete secret -n shunt shunt-injector-tls");
	});

	it("is kept in a Secret that is immutable", async () => {
		await cluster.apply("install");
		const secret = cluster.find("Secret", "shunt-injector-tls", "shunt")!;
		cluster.api.store.put("v1/secrets", { ...secret, immutable: true });
		const { status, stderr } = await cluster.run("upgrade");
		expect(status, stderr).toBe(0);
		expect(stderr).toContain("certificate: kept");
	});

	it("is replaced where its parts do not belong together", async () => {
		const { stdout } = await cluster.apply("install");
		const other = secretOf((await cluster.run("upgrade", "--rotate-certs")).stdout);
		const secret = cluster.find("Secret", "shunt-injector-tls", "shunt")!;
		const put = (changes: Data) =>
			cluster.api.store.put("v1/secrets", { ...secret, data: { ...secretOf(stdout), ...changes } });
		put({ "tls.key": other["tls.key"] ?? "" });
		expect((await cluster.run("upgrade")).stderr).toContain("its tls.key is not the key of its tls.crt");
		put({ "ca.crt": other["ca.crt"] ?? "" });
		expect((await cluster.run("upgrade")).stderr).toContain("its ca.crt did not sign its tls.crt");
	});

	it("is made where there is none", async () => {
		await cluster.apply("install");
		cluster.api.store.delete("v1/secrets", "shunt/shunt-injector-tls");
		const { status, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(stderr).toContain("certificate: made, as there is no Secret shunt-injector-tls\n");
	});

	it("that was given and is too old is refused where it is given, and warned of where it is there already", async () => {
		const made = secretOf((await cluster.run("install", "--ignore-cluster")).stdout);
		const parts = { ca: "ca.crt", crt: "tls.crt", key: "tls.key" };
		const files = Object.entries(parts).flatMap(([part, key]) => [
			"--set-file",
			`injector.tls.${part}=${cluster.write(key, Buffer.from(made[key] ?? "", "base64").toString())}`,
		]);
		await cluster.apply("install", "--set", "injector.tls.source=provided", ...files);
		cluster.now = () => Date.now() + 4000 * day;
		const { status, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(stderr).toContain("warning: the certificate in the Secret shunt-injector-tls");
		const again = await cluster.run("upgrade", ...files);
		expect({ status: again.status, stdout: again.stdout }).toEqual({ status: 64, stdout: "" });
		expect(again.stderr).toMatch(
			/^shunt upgrade: injector\.tls\.crt: expired on .*\nshunt upgrade: injector\.tls\.ca: expired on .*\n$/,
		);
	});

	it("that was given by value stays without being given again, and is not ours to replace", async () => {
		const made = secretOf((await cluster.run("install", "--ignore-cluster")).stdout);
		const parts = { ca: "ca.crt", crt: "tls.crt", key: "tls.key" };
		const files = Object.entries(parts).flatMap(([part, key]) => [
			"--set-file",
			`injector.tls.${part}=${cluster.write(key, Buffer.from(made[key] ?? "", "base64").toString())}`,
		]);
		await cluster.apply("install", "--set", "injector.tls.source=provided", ...files);
		const { status, stdout, stderr } = await cluster.run("upgrade", ...mode("nft"), "--rotate-certs");
		expect(status).toBe(0);
		expect(secretOf(stdout)).toEqual(made);
		expect(stderr).toContain("--rotate-certs changes nothing: the certificate is given to it");
		cluster.now = () => Date.now() + 4000 * day;
		expect((await cluster.run("upgrade")).stderr).toContain("warning: the certificate in the Secret");
		expect(stdout.match(/PRIVATE/g)).toBeNull();
	});
});

describe("a store that is not well", () => {
	function corrupt(data: Record<string, string> | undefined): void {
		const store = cluster.find("ConfigMap", "shunt-config", "shunt")!;
		cluster.api.store.put("v1/configmaps", { ...store, data });
	}

	it.each([
		["no values", {}, "ConfigMap shunt-config in shunt has no values.yaml"],
		["no data", undefined, "ConfigMap shunt-config in shunt has no values.yaml"],
		["empty values", { "values.yaml": " \n" }, "has no values.yaml"],
		[
			"values that are no YAML",
			{ "values.yaml": "a: [\n" },
			"cannot be read: ConfigMap shunt-config in shunt: values.yaml:2",
		],
		["values that are a list", { "values.yaml": "- a\n" }, "values are not a map"],
	])("has %s", async (_, data, expected) => {
		await cluster.apply("install");
		corrupt(data);
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toContain(expected);
		expect(stderr).toContain("--reset-values");
		const reset = await cluster.run("upgrade", "--reset-values", ...mode("plain"));
		expect(reset.status).toBe(0);
		expect(modeIn(reset.stdout)).toBe("plain");
		expect(reset.stderr).toContain("what is stored was not looked at");
	});

	it("has values that do not fit the chart", async () => {
		await cluster.apply("install");
		corrupt({ "values.yaml": "proxyInit: {iptablesMode: nftt}\n" });
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
		expect(stderr).toContain("iptablesMode");
	});

	it("has only some values, so the others have their defaults", async () => {
		await cluster.apply("install");
		corrupt({ "values.yaml": "proxyInit: {iptablesMode: plain}\n" });
		const { status, stdout } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(modeIn(stdout)).toBe("plain");
		expect(stdout).toContain("uid: 2102");
	});

	it("is not there", async () => {
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toBe(
			'shunt upgrade: there is no ConfigMap shunt-config in the namespace shunt, so there is nothing to upgrade\nshunt upgrade: run "shunt install" first\n',
		);
	});

	it("is in another namespace", async () => {
		await cluster.apply("install", "-n", "mesh");
		const { status, stderr } = await cluster.run("upgrade");
		expect(status).toBe(1);
		expect(stderr).toContain("Shunt is installed in mesh: say -n mesh");
		expect((await cluster.run("upgrade", "-n", "mesh")).status).toBe(0);
	});

	it("may not be read", async () => {
		cluster.api.obstacle = () => new Status(403, "Forbidden", "configmaps is forbidden");
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
		expect(stderr).toContain("configmaps is forbidden");
	});

	it("is out of reach without a kubeconfig", async () => {
		cluster.env = { HOME: "/nonexistent" };
		const { status, stdout, stderr } = await cluster.run("upgrade");
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toContain("--from-manifests");
	});
});

describe("shunt upgrade --from-manifests", () => {
	it("reads what was applied, and asks no cluster", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster", ...mode("plain"));
		const file = cluster.write("installed.yaml", stdout);
		const upgraded = await cluster.run("upgrade", "--from-manifests", file, ...mode("nft"));
		expect(upgraded.status).toBe(0);
		expect(upgraded.stderr).toContain("proxyInit.iptablesMode: plain → nft\ncertificate: kept");
		expect(secretOf(upgraded.stdout)).toEqual(secretOf(stdout));
		expect(cluster.api.seen).toEqual([]);
	});

	it("reads the list that kubectl prints, from standard input", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const items = [
			objectIn(stdout, "ConfigMap", "shunt-config"),
			objectIn(stdout, "Secret", "shunt-injector-tls"),
		];
		cluster.stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items });
		const upgraded = await cluster.run("upgrade", "--from-manifests", "-");
		expect(upgraded.status).toBe(0);
		expect(upgraded.stdout).toBe(stdout);
	});

	it("takes a Secret as it may be written, too", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const { data, ...secret } = objectIn(stdout, "Secret", "shunt-injector-tls");
		const texts = Object.entries(data as Data).map(([key, value]) => [
			key,
			Buffer.from(value, "base64").toString(),
		]);
		const objects = [
			objectIn(stdout, "ConfigMap", "shunt-config"),
			{ ...secret, stringData: Object.fromEntries(texts) },
		];
		const file = cluster.write("installed.yaml", objects.map((object) => stringify(object)).join("---\n"));
		const upgraded = await cluster.run("upgrade", "--from-manifests", file);
		expect(secretOf(upgraded.stdout)).toEqual(data);
	});

	it.each([
		["nothing of ours", "kind: Pod\n", 1, "has no ConfigMap shunt-config"],
		["nothing at all", "", 1, "has no ConfigMap shunt-config"],
		["no YAML", "a: [", 64, "is no YAML"],
		[
			"another namespace's",
			"kind: ConfigMap\nmetadata: {name: shunt-config, namespace: mesh}\n",
			1,
			"of the namespace shunt",
		],
	])("refuses %s", async (_, text, status, expected) => {
		const file = cluster.write("installed.yaml", text);
		const ran = await cluster.run("upgrade", "--from-manifests", file);
		expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status, stdout: "" });
		expect(ran.stderr).toContain(expected);
	});

	it("refuses a file that is not there, and standard input twice", async () => {
		const missing = await cluster.run("upgrade", "--from-manifests", "/nonexistent");
		expect(missing.status).toBe(64);
		expect(missing.stderr).toContain('--from-manifests: "/nonexistent" cannot be read');
		expect((await cluster.run("upgrade", "--from-manifests", "-", "-f", "-")).stderr).toContain(
			"given twice",
		);
	});
});

/** Whom the API servers trust, one PEM text each. */
function trusted(manifests: string): string[] {
	const webhook = objectIn(manifests, "MutatingWebhookConfiguration", "shunt-injector") as unknown as {
		readonly webhooks: readonly { readonly clientConfig: { readonly caBundle: string } }[];
	};
	const bundle = Buffer.from(webhook.webhooks[0]?.clientConfig.caBundle ?? "", "base64").toString();
	return bundle.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
}

function authority(manifests: string): string {
	return Buffer.from(secretOf(manifests)["ca.crt"] ?? "", "base64")
		.toString()
		.trim();
}
