import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Status } from "../support/api-server/status.ts";
import { type Data, Installation, modeIn, objectIn, objectsOf } from "./support/installation.ts";

let cluster: Installation;

/** Said wherever a certificate is made that nobody remembers. */
const madeAnew =
	"the injector's certificate is made anew each time that no cluster is asked: to keep one, see injector.tls.source\n";

beforeEach(async () => {
	cluster = await Installation.start();
});
afterEach(async () => {
	await cluster.stop();
});

describe("shunt install without a cluster", () => {
	it("prints manifests in the mode that is asked for", async () => {
		const { status, stdout, stderr } = await cluster.run(
			"install",
			"--ignore-cluster",
			"--set",
			"proxyInit.iptablesMode=nft",
		);
		expect({ status, stderr }).toEqual({ status: 0, stderr: madeAnew });
		expect(modeIn(stdout)).toBe("nft");
		expect(objectIn(stdout, "Namespace", "shunt")).toBeDefined();
		expect(cluster.api.seen).toEqual([]);
	});

	it("goes on where there is no kubeconfig, and says so", async () => {
		cluster.env = { HOME: "/nonexistent" };
		const { status, stdout, stderr } = await cluster.run("install");
		expect(status).toBe(0);
		expect(modeIn(stdout)).toBe("legacy");
		expect(stderr).toBe(`no kubeconfig found: nothing is checked against a cluster\n${madeAnew}`);
	});

	it("takes values from files below flags, and --ha below files", async () => {
		const file = cluster.write("a.yaml", "injector: {replicas: 5}\nproxyInit: {iptablesMode: plain}\n");
		const list = `"${cluster.write("b,c.yaml", "proxy: {uid: 3000}")}"`;
		const args = [
			"--ignore-cluster",
			"--ha",
			"-f",
			`${file},${list}`,
			"--set",
			"proxyInit.iptablesMode=auto",
		];
		const { stdout, stderr } = await cluster.run("install", ...args);
		expect(stderr).toBe(madeAnew);
		const { spec } = objectIn(stdout, "Deployment", "shunt-injector") as unknown as {
			spec: { replicas: number };
		};
		expect(spec.replicas).toBe(5);
		expect(modeIn(stdout)).toBe("auto");
		expect(stdout).toContain("uid: 3000");
		const ha = await cluster.run("install", "--ignore-cluster", "--ha");
		expect(ha.stdout).toContain("replicas: 3");
	});

	it("says nothing of a certificate that is not made anew", async () => {
		const { stderr } = await cluster.run(
			"install",
			"--ignore-cluster",
			"--set",
			"injector.tls.source=cert-manager",
		);
		expect(stderr).toBe("");
	});

	it("keeps integers beyond 2^53 to the digit, in the objects and in the stored values", async () => {
		const seconds = ["9223372036854775807", "9007199254740993", "-9007199254740993"];
		const items = seconds.map((each) => `{key: a, operator: Exists, tolerationSeconds: ${each}}`);
		const tolerations = `[${items.join(", ")}]`;
		const file = cluster.write("big.yaml", `injector: {tolerations: ${tolerations}}\n`);
		const json = `injector.tolerations=[{"key": "a", "tolerationSeconds": ${seconds[0]}}]`;
		for (const [args, wanted] of [
			[["-f", file], seconds],
			[["--set-json", json], seconds.slice(0, 1)],
		] as const) {
			const { stdout } = await cluster.run("install", "--ignore-cluster", ...args);
			const found = [...stdout.matchAll(/tolerationSeconds: (.*)/g)].map(([, number]) => number);
			expect(found).toEqual([...wanted, ...wanted]);
		}
		for (const bad of ["9223372036854775808", "0x7fffffffffffffff", "123456789012345678901234567890"]) {
			const path = cluster.write(
				"bad.yaml",
				`injector:\n  tolerations: [{key: a, tolerationSeconds: ${bad}}]\n`,
			);
			const { status, stdout, stderr } = await cluster.run("install", "--ignore-cluster", "-f", path);
			expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
			expect(stderr).toContain(`bad.yaml:2: ${bad} would be rounded (want an integer of 64 bits`);
		}
	});

	it("reads values from standard input, and texts of files", async () => {
		cluster.stdin = "proxyInit: {iptablesMode: nftables}\n";
		const level = cluster.write("level", "debug");
		const { stdout } = await cluster.run(
			"install",
			"--ignore-cluster",
			"-f",
			"-",
			"--set-file",
			`proxyInit.logLevel=${level}`,
			"--set-json",
			'proxyInit.skipSubnets=["10.0.0.0/8"]',
			"--set-string",
			"proxy.uid=3000",
		);
		expect(modeIn(stdout)).toBe("nftables");
		expect(stdout).toContain("logLevel: debug");
		expect(stdout).toContain('skipSubnets: "10.0.0.0/8"');
		expect(stdout).toContain("uid: 3000");
	});

	it.each([
		["a mode that there is none of", ["--set", "proxyInit.iptablesMode=nftt"], "iptablesMode"],
		["a misspelt key", ["--set", "proxyInit.iptableMode=nft"], "iptableMode"],
		["a wrong type", ["--set", "cniEnabled=maybe"], "cniEnabled"],
		["a bad port", ["--set", "proxyInit.ignoreInboundPorts=70000"], "70000"],
		["a bad subnet", ["--set", "proxyInit.skipSubnets=10.0.0.0/33"], "10.0.0.0/33"],
		["close-wait without root", ["--set", "proxyInit.closeWaitTimeoutSecs=5"], "closeWaitTimeoutSecs"],
		["a file that is not there", ["-f", "/nonexistent.yaml"], "/nonexistent.yaml: cannot be read"],
		["a --set that is none", ["--set", "proxyInit"], '--set: "proxyInit" cannot be read: '],
		[
			"a --set without a key",
			["--set", "=nft"],
			'--set: "=nft" cannot be read: there is no key where one belongs (want KEY=VALUE',
		],
		...["=1", ".proxyInit=1", "proxyInit.", "cniEnabled=true,=x", "[0]=1", ".", "imagePullSecrets[0]."].map(
			(expression): [string, string[], string] => [
				`a --set-string without a key: ${expression}`,
				["--set-string", expression],
				`--set-string: "${expression}" cannot be read: there is no key where one belongs`,
			],
		),
		[
			"a time that no cluster is given",
			["--request-timeout", "soon"],
			'--request-timeout: "soon" is not a valid',
		],
		["a namespace that is none", ["-n", "Shunt_1"], '--namespace: "Shunt_1"'],
	])("refuses %s before anything is printed", async (_, args, expected) => {
		const { status, stdout, stderr } = await cluster.run("install", "--ignore-cluster", ...args);
		expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
		expect(stderr).toContain(expected);
	});

	it("refuses wrong values before it asks a cluster", async () => {
		const { status } = await cluster.run("install", "--set", "proxyInit.iptablesMode=nftt");
		expect(status).toBe(64);
		expect(cluster.api.seen).toEqual([]);
	});

	it("takes no flag that there is none of", async () => {
		const { status, stdout, stderr } = await cluster.run("install", "--wait");
		expect({ status, stdout }).toEqual({ status: "usage", stdout: "" });
		expect(stderr).toContain("--wait");
	});
});

describe("shunt install before a cluster", () => {
	it("asks it first, and installs once", async () => {
		const first = await cluster.apply("install", "--set", "proxyInit.iptablesMode=nft");
		expect(first.stderr).toBe("");
		const second = await cluster.run("install");
		expect(second.status).toBe(1);
		expect(second.stdout).toBe("");
		expect(second.stderr).toContain("Shunt is already installed in the namespace shunt");
		expect(second.stderr).toContain('run "shunt upgrade -n shunt"');
	});

	it("does not take over a release in another namespace", async () => {
		await cluster.apply("install", "-n", "elsewhere");
		const { status, stdout, stderr } = await cluster.run("install");
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toContain("already installed in the namespace elsewhere");
	});

	it("asks whether each of its kinds may be created", async () => {
		const asked: string[] = [];
		cluster.api.allows = ({ verb, group, resource, namespace }) => {
			asked.push([verb, group, resource, namespace].join(" "));
			return true;
		};
		const { stdout } = await cluster.run("install");
		const kinds = new Set(objectsOf(stdout).map(({ kind }) => kind));
		expect(asked).toHaveLength(kinds.size);
		expect(asked).toContain("create apps deployments shunt");
		expect(asked).toContain("create admissionregistration.k8s.io mutatingwebhookconfigurations ");
	});

	it("names every permission that lacks", async () => {
		cluster.api.allows = ({ resource }) => resource !== "clusterroles" && resource !== "secrets";
		const { status, stdout, stderr } = await cluster.run("install");
		expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
		expect(stderr.trimEnd().split("\n").toSorted()).toEqual([
			"shunt install: you may not create clusterroles.rbac.authorization.k8s.io",
			"shunt install: you may not create secrets in the namespace shunt",
		]);
	});

	it("goes on where the cluster does not say what is allowed", async () => {
		cluster.api.obstacle = ({ path }) =>
			path.includes("selfsubjectaccessreviews") ? new Status(403, "Forbidden", "no") : undefined;
		const { status, stderr } = await cluster.run("install");
		expect(status).toBe(0);
		expect(stderr).toContain("does not say what you may do");
	});

	it("refuses kinds that the cluster does not have", async () => {
		const { status, stdout, stderr } = await cluster.run("install", "--set", "podMonitor.enabled=true");
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toContain("the cluster knows no PodMonitor of monitoring.coreos.com/v1");
	});

	it("refuses a cluster that is too old for these values", async () => {
		cluster.api.gitVersion = "v1.28.9";
		const { status, stdout, stderr } = await cluster.run("install");
		expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
		expect(stderr).toBe(
			'shunt install: proxy.nativeSidecar: "true" needs Kubernetes 1.29, and this is v1.28.9 (want false)\n',
		);
		expect((await cluster.run("install", "--set", "proxy.nativeSidecar=false")).status).toBe(0);
	});

	it.each([[["IPv6"]], [["IPv6", "IPv4"]]] as const)(
		"refuses to leave out IPv6 where pods have %j",
		async (families) => {
			cluster.api.putOwnService(...families);
			const { status, stdout, stderr } = await cluster.run("install");
			expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
			expect(stderr).toBe(
				'shunt install: disableIPv6: "true" would leave out the address family that this cluster\'s pods have first (want false)\n',
			);
			expect((await cluster.run("install", "--set", "disableIPv6=false")).status).toBe(0);
		},
	);

	it.each([[["IPv4"]], [["IPv4", "IPv6"]]] as const)(
		"leaves IPv6 out where pods have %j",
		async (families) => {
			cluster.api.putOwnService(...families);
			expect((await cluster.run("install")).status).toBe(0);
		},
	);

	it("goes on where nobody may see which family comes first", async () => {
		cluster.api.putOwnService("IPv6");
		cluster.api.obstacle = ({ path }) =>
			path.endsWith("/services/kubernetes") ? new Status(403, "Forbidden", "not for you") : undefined;
		expect((await cluster.run("install")).status).toBe(0);
	});

	it("refuses a request above its limit, for which no pod would be taken", async () => {
		const flags = [
			"proxy.resources.cpu.request=2,proxy.resources.cpu.limit=1500m",
			"injector.resources.memory.limit=1Mi",
		];
		const run = await cluster.run("install", ...flags.flatMap((flag) => ["--set", flag]));
		expect(run).toMatchObject({ status: 64, stdout: "" });
		expect(run.stderr).toContain(
			'proxy.resources.cpu.request: "2" is more than the limit, 1500m (want at most that, or a higher proxy.resources.cpu.limit)',
		);
		expect(run.stderr).toContain("injector.resources.memory.request: ");
		expect(
			(await cluster.run("install", "--set", "proxy.resources.cpu.request=1,proxy.resources.cpu.limit=1000m"))
				.status,
		).toBe(0);
	});

	it("keeps a certificate that is there", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const secret = objectIn(stdout, "Secret", "shunt-injector-tls");
		cluster.api.store.put("v1/secrets", secret);
		const again = await cluster.run("install");
		expect(objectIn(again.stdout, "Secret", "shunt-injector-tls")["data"]).toEqual(secret["data"]);
	});

	it("writes no certificate into a Secret of another type", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const secret = objectIn(stdout, "Secret", "shunt-injector-tls");
		cluster.api.store.put("v1/secrets", { ...secret, type: "Opaque" });
		const again = await cluster.run("install");
		expect(again).toMatchObject({ status: 1, stdout: "" });
		expect(again.stderr).toContain(
			"the Secret shunt-injector-tls in the namespace shunt has the type Opaque, which cannot become kubernetes.io/tls\n",
		);
	});

	it("leaves a namespace that somebody else made out, for every upgrade too", async () => {
		cluster.api.putNamespace("shunt");
		const installed = await cluster.apply("install");
		expect(installed.stderr).toBe(
			"the namespace shunt is there already: it is neither labelled nor part of the release\n",
		);
		const upgraded = await cluster.apply("upgrade");
		for (const { stdout } of [installed, upgraded]) {
			expect(objectsOf(stdout).map(({ kind }) => kind)).not.toContain("Namespace");
			expect(stdout).toContain("installNamespace: false");
		}
		expect((await cluster.run("uninstall")).stdout).not.toContain("kind: Namespace");
	});

	it("says that the injector waits for a Secret that is not there yet", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const ca = (objectIn(stdout, "Secret", "shunt-injector-tls")["data"] as Data)["ca.crt"] ?? "";
		const file = cluster.write("ca.pem", Buffer.from(ca, "base64").toString());
		const { status, stderr } = await cluster.run(
			"install",
			...["--set", "injector.tls.source=provided,injector.tls.existingSecret=ours"],
			...["--set-file", `injector.tls.ca=${file}`],
		);
		expect({ status, stderr }).toEqual({
			status: 0,
			stderr: "there is no Secret ours in the namespace shunt yet: the injector waits for it\n",
		});
	});

	it("warns of no certificate whose CA is given by value", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const { data, ...secret } = objectIn(stdout, "Secret", "shunt-injector-tls");
		const { "ca.crt": ca = "", ...pair } = data as Data;
		cluster.api.store.put("v1/secrets", {
			...secret,
			data: pair,
			metadata: { name: "ours", namespace: "shunt" },
		});
		const file = cluster.write("ca.pem", Buffer.from(ca, "base64").toString());
		await cluster.apply(
			"install",
			...["--set", "injector.tls.source=provided,injector.tls.existingSecret=ours"],
			...["--set-file", `injector.tls.ca=${file}`],
		);
		const { status, stderr } = await cluster.run("upgrade");
		expect(status).toBe(0);
		expect(stderr).not.toContain("warning");
	});

	it("refuses a Secret whose certificate is for another name", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster", "-n", "elsewhere");
		const secret = objectIn(stdout, "Secret", "shunt-injector-tls");
		cluster.api.store.put("v1/secrets", { ...secret, metadata: { name: "ours", namespace: "shunt" } });
		const args = ["--set", "injector.tls.source=provided,injector.tls.existingSecret=ours"];
		const { status, stdout: printed, stderr } = await cluster.run("install", ...args);
		expect({ status, stdout: printed }).toEqual({ status: 64, stdout: "" });
		expect(stderr).toMatch(
			/^shunt install: Secret ours: tls\.crt: is for DNS:shunt-injector\.elsewhere\.svc.*shunt-injector\.shunt\.svc\)\n$/,
		);
	});

	it("refuses certificates and keys that are good for nothing, with everything that is wrong with them", async () => {
		const decode = (text: string, key: string) =>
			Buffer.from(
				(objectIn(text, "Secret", "shunt-injector-tls")["data"] as Data)[key] ?? "",
				"base64",
			).toString();
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const { stdout: other } = await cluster.run("install", "--ignore-cluster", "-n", "elsewhere");
		const tls = {
			source: "provided",
			ca: decode(stdout, "ca.crt"),
			crt: decode(other, "tls.crt"),
			key: decode(stdout, "tls.key"),
		};
		const file = cluster.write(
			"tls.yaml",
			JSON.stringify({ injector: { tls }, proxyInit: { skipSubnets: "x" } }),
		);
		const refused = await cluster.run("install", "--ignore-cluster", "-f", file);
		expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 64, stdout: "" });
		expect(refused.stderr.replace(/ \(want .*/g, "").split("\n")).toEqual([
			expect.stringContaining('proxyInit.skipSubnets: "x" is not a subnet'),
			"shunt install: injector.tls.crt: is for DNS:shunt-injector.elsewhere.svc, DNS:shunt-injector.elsewhere.svc.cluster.local",
			"shunt install: injector.tls.crt: was not issued by who is in injector.tls.ca",
			"shunt install: injector.tls.key: is not the key of the certificate in injector.tls.crt",
			"",
		]);
		const upgraded = async (...args: string[]) => {
			const { status, stderr } = await cluster.run("upgrade", ...args);
			return { status, stderr: stderr.replace(/ \(want .*/g, "") };
		};
		await cluster.apply("install");
		const crt = cluster.write("crt.pem", tls.crt);
		const given = ["--set", "injector.tls.source=provided", "--set-file", `injector.tls.crt=${crt}`];
		expect((await upgraded(...given)).status).toBe(64);
		expect((await upgraded(...given)).stderr).toContain(
			"injector.tls.crt: was not issued by who is in Secret shunt-injector-tls: ca.crt",
		);
		const leaked = cluster.write("ca.pem", tls.ca + tls.key);
		const { status, stderr } = await upgraded(
			"--set",
			"injector.tls.source=provided",
			"--set-file",
			`injector.tls.ca=${leaked}`,
		);
		expect(status).toBe(64);
		expect(stderr).toContain("injector.tls.ca: has a private key in it");
		expect(stderr).not.toMatch(/BEGIN/);
	});

	it("prints no key that is given in a wrong place", async () => {
		const key = cluster.write(
			"key.pem",
			"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
		);
		for (const place of [
			"injector.tls",
			"injector.replicas",
			"injector.tls.key.key",
			"injector.tls.daysValid",
		]) {
			const { status, stderr } = await cluster.run(
				"install",
				"--ignore-cluster",
				"--set-file",
				`${place}=${key}`,
			);
			expect(status).toBe(64);
			expect({ [place]: stderr.includes("c2VjcmV0") }).toEqual({ [place]: false });
		}
	});

	it("finds a certificate that is provided by a Secret", async () => {
		const { stdout } = await cluster.run("install", "--ignore-cluster");
		const secret = objectIn(stdout, "Secret", "shunt-injector-tls");
		const metadata = { ...secret.metadata, name: "ours" };
		cluster.api.store.put("v1/secrets", { ...secret, metadata });
		const args = ["--set", "injector.tls.source=provided,injector.tls.existingSecret=ours"];
		const { status, stdout: provided } = await cluster.run("install", ...args);
		expect(status).toBe(0);
		const webhook = objectIn(provided, "MutatingWebhookConfiguration", "shunt-injector");
		expect(JSON.stringify(webhook)).toContain((secret["data"] as Record<string, string>)["ca.crt"]);
		const offline = await cluster.run("install", "--ignore-cluster", ...args);
		expect(offline.status).toBe(64);
		expect(offline.stderr).toContain("injector.tls.ca");
	});
});

describe("shunt install before a cluster that is not well", () => {
	async function refused(...args: string[]) {
		const { status, stdout, stderr } = await cluster.run("install", ...args);
		expect(stdout).toBe("");
		return { status, stderr };
	}

	it("says who does not let it", async () => {
		cluster.api.obstacle = ({ path }) =>
			path.includes("configmaps") ? new Status(403, "Forbidden", "configmaps is forbidden") : undefined;
		expect(await refused()).toEqual({
			status: 77,
			stderr: `shunt install: https://127.0.0.1:${cluster.api.port} does not allow this: configmaps is forbidden\n`,
		});
	});

	it("says that its credentials are not accepted", async () => {
		cluster.env["KUBECONFIG"] = cluster.write(
			"k",
			cluster.api.kubeconfig.replace("a-token", "another-token"),
		);
		const { status, stderr } = await refused();
		expect(status).toBe(77);
		expect(stderr).toContain("does not accept these credentials");
	});

	it("does not wait for ever", async () => {
		let release = (): void => undefined;
		const held = new Promise<void>((resolve) => {
			release = resolve;
		});
		cluster.api.obstacle = () => held;
		const { status, stderr } = await refused("--request-timeout", "200ms");
		release();
		expect(status).toBe(1);
		expect(stderr).toContain("did not answer in time");
		expect(stderr).toContain("--ignore-cluster");
	});

	it("says what it waits for, where that takes long", async () => {
		const slowly = new Promise<void>((resolve) => setTimeout(resolve, 2500));
		cluster.api.obstacle = ({ path }) => (path === "/version" ? slowly : undefined);
		const { status, waited } = await cluster.run("install");
		expect({ status, waited }).toEqual({ status: 0, waited: true });
	});

	it("says that nobody answers", async () => {
		const rude = createServer((socket) => socket.destroy());
		await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
		const address = rude.address();
		const port = typeof address === "object" ? `${address?.port}` : "";
		const text = cluster.api.kubeconfig.replace(`:${cluster.api.port}`, `:${port}`);
		cluster.env["KUBECONFIG"] = cluster.write("k", text);
		const hungUp = await refused();
		await new Promise((resolve) => rude.close(resolve));
		const absent = await refused();
		for (const { status, stderr } of [hungUp, absent]) {
			expect(status).toBe(1);
			expect(stderr).toContain(`https://127.0.0.1:${port} cannot be reached`);
			expect(stderr).toContain("--ignore-cluster renders without asking the cluster");
		}
	});

	it("says that its answers are none", async () => {
		cluster.api.gitVersion = undefined as never;
		cluster.api.obstacle = ({ path }) =>
			path === "/version" ? new Status(502, "BadGateway", "try later") : undefined;
		const { status, stderr } = await refused();
		expect(status).toBe(1);
		expect(stderr).toContain("answered 502: try later");
	});

	it("takes no kubeconfig for one that is none, and no context for one that is not there", async () => {
		const broken = cluster.write("broken", "a: [");
		expect((await refused("--kubeconfig", broken)).status).toBe(64);
		expect((await refused("--kubeconfig", "/nonexistent")).stderr).toContain("does not exist");
		const { status, stderr } = await refused("--context", "nope");
		expect(status).toBe(64);
		expect(stderr).toContain('--context: "nope" is no context');
	});
});
