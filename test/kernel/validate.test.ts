import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { injectPod } from "../../src/inject/inject-pod.ts";
import { annotationsOf, objectAt, objectsAt } from "../../src/inject/json.ts";
import { containerNames } from "../../src/inject/names.ts";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";
import { eventually } from "../support/proxy-sockets.ts";
import {
	asInjected,
	rulesOf,
	type ValidatedPod,
	validator,
	withValidatedPod,
} from "../support/validated-pod.ts";

const policy = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--outbound-ports-to-ignore", "4567"];
const redirected = (family: string) => `outbound ${family} proxy-init/redirect-all-outgoing-to-proxy-port`;

/** A pod whose rules are right. */
const withRules = (use: (world: ValidatedPod) => unknown) =>
	withValidatedPod((world) => {
		world.init("nft", policy);
		return use(world);
	});

describe("the ways out of a pod", () => {
	it("its own subnets will do", () =>
		withRules((world) => {
			world.pod.run("ip", ["route", "delete", "default"]);
			world.pod.run("ip", ["-6", "route", "delete", "default"]);
			const { status, proofs } = world.validate([...policy, "--require", "all"]);
			expect(status).toBe(0);
			expect(rulesOf(proofs, "proven")).toEqual(expect.arrayContaining(["ipv4", "ipv6"].map(redirected)));
		}));

	it("a family without any is a note, and a failure where it is required", () =>
		withRules((world) => {
			world.pod.run("sysctl", [
				"-qw",
				"net.ipv6.conf.all.disable_ipv6=1",
				"net.ipv6.conf.default.disable_ipv6=1",
			]);
			const { status, proofs, stderr } = world.validate(policy);
			expect(status).toBe(0);
			expect(rulesOf(proofs, "proven")).toContain(redirected("ipv4"));
			expect(stderr).toMatch(/level=info msg="outbound ipv6: not provable here: nothing can be sent/);
			const required = world.validate([...policy, "--require", "ipv6"]);
			expect(required.status).toBe(95);
			expect(required.errors).toEqual([expect.stringMatching(/^required, but outbound ipv6: not provable/)]);
		}));

	it("addresses that are not certain to be nobody else's yet are waited for", () =>
		withRules((world) => {
			const { pod } = world;
			pod.run("ip", ["-6", "address", "flush", "dev", "eth0"]);
			pod.run("ip", ["address", "add", "fd78::2/64", "dev", "eth0"]);
			const route = ["-6", "route", "replace", "default", "via", "fd78::1", "dev", "eth0"];
			pod.run("ip", route);
			expect(pod.run("ip", ["address", "show", "dev", "eth0"])).toContain("tentative");
			const { status, proofs } = world.validate([...policy, "--require", "ipv6"]);
			expect(status).toBe(0);
			expect(rulesOf(proofs, "proven")).toContain(redirected("ipv6"));
		}));

	it("an interface will do that has no carrier yet, as both ends of a cable for up to a second", () =>
		withRules((world) => {
			world.pod.run("ip", ["link", "add", "eth1", "type", "veth", "peer", "name", "loose"]);
			world.pod.run("ip", ["address", "add", "192.0.2.9/24", "dev", "eth1"]);
			world.pod.run("ip", ["link", "set", "eth1", "up"]);
			world.pod.run("ip", ["link", "delete", "eth0"]);
			expect(world.pod.run("ip", ["link", "show", "eth1"])).toContain("NO-CARRIER");
			const { status, proofs } = world.validate([...policy, "--require", "ipv4"]);
			expect(status).toBe(0);
			expect(rulesOf(proofs, "proven")).toContain(redirected("ipv4"));
		}));

	it("with the loopback interface alone nothing is proven: 95", () =>
		withRules((world) => {
			world.pod.run("ip", ["link", "delete", "eth0"]);
			const { status, errors } = world.validate(policy);
			expect(status).toBe(95);
			expect(errors).toEqual(["nothing is proven: no outbound connection could be tried"]);
		}));

	it("nothing reaches the gateway that is redirected, and nothing but first packets that is not", () =>
		withRules(async (world) => {
			const { gateway } = world;
			gateway.run("nft", ["-f", "-"], counters);
			expect(world.validate(policy).status).toBe(0);
			const seen = gateway.run("nft", ["list", "counters", "table", "inet", "seen"]);
			const packets = (name: string) =>
				Number(new RegExp(`counter ${name} \\{\\s+packets (\\d+)`).exec(seen)?.[1]);
			expect(packets("redirected")).toBe(0);
			expect(packets("farther")).toBe(0);
			expect(packets("later")).toBe(0);
			expect(packets("first")).toBeGreaterThan(0);
		}));
});

const counters = `table inet seen {
	counter redirected {}
	counter farther {}
	counter later {}
	counter first {}
	chain in {
		type filter hook prerouting priority raw;
		tcp dport { 4566, 4568 } counter name redirected
		meta l4proto tcp ip ttl > 1 counter name farther
		meta l4proto tcp ip6 hoplimit > 1 counter name farther
		tcp flags != syn counter name later
		tcp flags syn counter name first
	}
}
`;

describe("as the injector has it run", () => {
	const { args, env } = injectedValidator();
	const injected = { prefix: asInjected, env };
	const validate = (world: ValidatedPod, more: readonly string[] = []) =>
		world.validate([...args, ...more], injected);

	it("outbound rules of both families are proven, and what is not is said", () =>
		withRules((world) => {
			const { status, proofs, stderr } = validate(world);
			expect(status).toBe(0);
			expect(rulesOf(proofs, "proven")).toEqual(
				["ipv4", "ipv6"].flatMap((family) => [
					`outbound ${family} proxy-init/ignore-loopback`,
					`outbound ${family} proxy-init/ignore-port-4567`,
					redirected(family),
				]),
			);
			expect(stderr).toMatch(/inbound ipv6: not provable here: needs CAP_NET_ADMIN and CAP_SYS_ADMIN.*EPERM/);
			expect(stderr).toContain("outbound ipv4: not provable here: user 2102: needs CAP_SETUID");
			expect(stderr).toContain('msg="Validated"');
		}));

	it.each(["inbound", "uid", "all"])("requiring %s is a failure", (what) =>
		withRules((world) => {
			const { status, errors } = validate(world, ["--require", what]);
			expect(status).toBe(95);
			expect(errors[0]).toMatch(/^required, but (in|out)bound ipv4: not provable here: /);
		}),
	);

	it("without rules: 95", () =>
		withValidatedPod((world) => {
			expect(validate(world)).toMatchObject({
				status: 95,
				errors: ["ipv4", "ipv6"].map((family) =>
					expect.stringContaining(`outbound ${family}: a connection to`),
				),
			});
		}));

	it("a pod without the annotation is tried with a single connection", () =>
		withRules((world) => {
			const { status, stderr } = world.validate(args, { ...injected, env: { SHUNT_REDIRECT: "" } });
			expect(stderr).toContain("SHUNT_REDIRECT is empty");
			expect(stderr).toContain("Connecting to 192.0.2.2:1404");
			expect(status).toBe(0);
		}));
});

describe("who is asking", () => {
	it("the proxy's user can prove its own exemption, but not that anybody is redirected: 95", () =>
		withRules((world) => {
			const prefix = asInjected.map((word) => word.replace("65534", "2102"));
			const { status, proofs, errors } = world.validate(policy, { prefix });
			expect(status).toBe(95);
			expect(rulesOf(proofs, "proven")).toEqual(
				["ipv4", "ipv6"].map((family) => `outbound ${family} proxy-init/ignore-proxy-user-id`),
			);
			expect(errors).toEqual(["nothing is proven: no outbound connection could be tried"]);
		}));

	it("root is a stranger where the policy exempts root", () =>
		withValidatedPod((world) => {
			const exempt = [...policy, "--uids-to-ignore", "0"];
			world.init("nft", exempt);
			const { status, proofs } = world.validate([...exempt, "--require", "all"]);
			expect(status).toBe(0);
			expect(rulesOf(proofs, "proven")).toContain("outbound ipv6 proxy-init/ignore-user-id-0");
			world.pod.run("ip6tables-nft", ["-t", "nat", "-D", "PROXY_INIT_OUTPUT", "2"]);
			expect(rulesOf(world.validate(exempt).proofs, "failed")).toEqual([
				"outbound ipv6 proxy-init/ignore-user-id-0",
			]);
		}));
});

describe("all that a policy can say", () => {
	const rich = [
		...["-p", "4143", "-o", "4140", "-u", "2102", "-g", "2102", "--ports-to-redirect", "20001,8080,9090"],
		...["--inbound-ports-to-ignore", "8080", "--outbound-ports-to-redirect", "443,8000-8010,20001"],
		...[
			"--outbound-ports-to-ignore",
			"8005",
			"--outbound-subnets-to-ignore",
			"198.51.100.0/24,172.16.0.0/12,3fff::/20",
		],
		...["--outbound-interfaces-to-ignore", "eth9", "--subnets-to-ignore", "10.1.0.0/16"],
	];

	it.each(["legacy", "nft", "nftables"])(
		"is proven in mode %s, as far as nobody real is needed for it",
		(mode) =>
			withValidatedPod((world) => {
				world.init(mode, rich);
				const { status, proofs } = world.validate(rich);
				expect(status).toBe(0);
				expect(rulesOf(proofs, "failed")).toEqual([]);
				expect(rulesOf(proofs, "proven")).toEqual(
					expect.arrayContaining([
						"inbound ipv4 proxy-init/ignore-port-8080",
						"inbound ipv4 proxy-init/redirect-port-9090-to-proxy-port",
						"inbound ipv6 undefined",
						"outbound ipv4 proxy-init/ignore-proxy-group-id",
						"outbound ipv4 proxy-init/ignore-subnet-198.51.100.0/24",
						"outbound ipv6 proxy-init/ignore-port-8005",
						"outbound ipv6 proxy-init/ignore-subnet-3fff::/20",
						"outbound ipv6 proxy-init/redirect-outgoing-port-443,8000:8010,20001-to-proxy-port",
					]),
				);
				const notes = proofs.filter(({ outcome }) => outcome === "unproven").map(({ text }) => text);
				expect(notes).toContain("to 172.16.0.0/12: no address in it is certain to be nobody's");
				expect(notes).toContain("through eth9: nothing can be sent that way");
			}),
	);

	it("a policy that redirects nothing outbound has nothing to fail with", () =>
		withValidatedPod((world) => {
			const nothing = ["-p", "4143", "-o", "4140", "-u", "2102", "--outbound-ports-to-ignore", "1-65535"];
			world.init("nft", nothing);
			const { status, stderr } = world.validate([...nothing, "--require", "all"]);
			expect(status).toBe(0);
			expect(stderr).toContain(
				"the policy lets pass whatever can be tried here (proxy-init/ignore-port-1:65535)",
			);
		}));
});

describe("where the proxy runs already", () => {
	it.each(["shunt", "dual-stack"])("connections are traced to it (%s)", (kind) =>
		withRules(async (world) => {
			const user = ["--reuid", "2102", "--regid", "2102", "--clear-groups"];
			const program =
				kind === "shunt" ? [validator, "proxy", "--log-level", "error"] : [process.execPath, "-e", dualStack];
			world.start("setpriv", ...user, ...program);
			await eventually(() => /:4143 .*:4143 |\*:4143 /s.test(world.pod.run("ss", ["-Hltn"])) || undefined);
			const { status, stderr, proofs } = world.validate([...policy, "--require", "all"]);
			expect(stderr).toContain("somebody listens already");
			expect(rulesOf(proofs, "failed")).toEqual([]);
			expect(status).toBe(0);
			world.pod.run("iptables-nft", ["-t", "nat", "-D", "PROXY_INIT_OUTPUT", "3"]);
			expect(rulesOf(world.validate(policy).proofs, "failed")).toEqual([
				"outbound ipv4 proxy-init/ignore-port-4567",
			]);
		}),
	);
});

/** What the injector adds to a pod with the policy of these tests, and the kubelet makes of its environment. */
function injectedValidator(): { readonly args: string[]; readonly env: Record<string, string> } {
	const config = parseInjectConfig({
		cniEnabled: true,
		disableIPv6: false,
		proxyInit: { ignoreInboundPorts: "", ignoreOutboundPorts: "4567" },
	});
	const outcome = config.ok
		? injectPod({
				pod: { metadata: { name: "injected" }, spec: { containers: [{ name: "application" }] } },
				config: config.value,
				whenUnannotated: "redirect",
			})
		: config;
	if (!("kind" in outcome) || outcome.kind !== "injected") {
		throw new Error(JSON.stringify(outcome));
	}
	const container = objectsAt(objectAt(outcome.pod, "spec"), "initContainers").find(
		({ name }) => name === containerNames.validator,
	);
	const env = objectsAt(container ?? {}, "env").map(({ name, valueFrom }): [string, string] => {
		const [, annotation = ""] = /annotations\['(.*)'\]/.exec(JSON.stringify(valueFrom)) ?? [];
		return [`${name}`, `${annotationsOf(outcome.pod)[annotation]}`];
	});
	const args = container?.["args"];
	return { args: Array.isArray(args) ? args.map(String) : [], env: Object.fromEntries(env) };
}

/** Listens for both families on one socket, as many proxies do, and holds on to whoever comes. */
const dualStack = `for (const port of [4140, 4143]) {
	require("node:net").createServer((socket) => socket.on("error", () => 0)).listen(port, "::");
}`;

describe("from outside the pod", () => {
	it.each(["--netns", "--pid"])("%s names it", (flag) =>
		withRules(async (world) => {
			const sleeper = world.start("sleep", "600");
			await eventually(() => world.pod.pids().includes(sleeper.pid ?? 0) || undefined);
			const where = flag === "--pid" ? `${sleeper.pid}` : world.pod.path;
			const { status, stdout } = world.gateway.try(validator, [
				"validate",
				...policy,
				flag,
				where,
				"--output",
				"json",
			]);
			expect(status).toBe(0);
			expect(JSON.parse(stdout)).toMatchObject({ exitCode: 0, validated: true, errors: [] });
			expect(rulesOf(JSON.parse(stdout).proofs, "proven")).toContain(
				"inbound ipv6 proxy-init/redirect-all-incoming-to-proxy-port",
			);
		}),
	);

	it("a namespace that is not there: 64, as everywhere", () =>
		withRules((world) => {
			const { status, stderr } = world.validate([...policy, "--netns", "/run/netns/shunt-nowhere"]);
			expect(status).toBe(64);
			expect(stderr).toContain('--netns: "/run/netns/shunt-nowhere" is not a network namespace');
		}));
});

describe("what goes wrong", () => {
	it("connections that a filter swallows: 95 in the end", () =>
		withRules((world) => {
			world.pod.run("iptables-nft", ["-A", "INPUT", "-p", "tcp", "--dport", "4140", "-j", "DROP"]);
			const { status, proofs } = world.validate(policy);
			expect(status).toBe(95);
			expect(rulesOf(proofs, "failed")).toEqual([redirected("ipv4")]);
		}));

	it("a port that may not be listened on: 95, and the reason is said", () =>
		withValidatedPod((world) => {
			world.pod.run("sysctl", ["-qw", "net.ipv4.ip_unprivileged_port_start=1024"]);
			const low = ["-p", "143", "-o", "140", "-u", "2102"];
			world.init("nft", low);
			const { status, errors } = world.validate(low, { prefix: asInjected });
			expect(status).toBe(95);
			expect(errors).toContain("cannot listen on ipv4 port 140: EACCES");
		}));

	it("killed in the middle, it takes its wire with it", () =>
		withRules(async (world) => {
			// What arrives is swallowed, so that the wire is there for a while.
			world.pod.run("iptables-nft", ["-A", "INPUT", "-p", "tcp", "--dport", "4143", "-j", "DROP"]);
			const child = world.start(validator, "validate", ...policy);
			const wires = () => world.pod.run("ip", ["-o", "link"]).match(/shunt\w+/g) ?? [];
			await eventually(() => wires()[0]);
			child.kill("SIGKILL");
			await once(child, "exit");
			await eventually(() => wires().length === 0 || undefined);
		}));

	it("--neighbour=false leaves the pod's interfaces alone, and says so", () =>
		withRules((world) => {
			const { status, stderr } = world.validate([...policy, "--neighbour=false"]);
			expect(status).toBe(0);
			expect(stderr).toContain("inbound ipv4: not provable here: switched off by --neighbour");
		}));

	it.each(["SIGTERM", "SIGINT"] as const)("%s: 95", (signal) =>
		withValidatedPod(async (world) => {
			const child = world.start(validator, "validate");
			let said = "";
			child.stderr?.on("data", (chunk) => {
				said += chunk;
			});
			await eventually(() => said.includes("Connecting") || undefined);
			child.kill(signal);
			const [status] = await once(child, "exit");
			expect(status).toBe(95);
			expect(said).toContain(`Killed by ${signal}`);
		}),
	);
});

it("every mistake in the flags at once: 64, and nothing is tried", () =>
	withRules((world) => {
		const { status, stderr } = world.validate(["-p", "0", "--require", "luck", "--timeout", "5", "now"]);
		expect(status).toBe(64);
		expect(stderr.trim().split("\n")).toEqual([
			expect.stringMatching(/^shunt validate: arguments: "now" belongs to no flag/),
			expect.stringMatching(/^shunt validate: --incoming-proxy-port: "0"/),
			expect.stringMatching(/^shunt validate: --outgoing-proxy-port: is required/),
			expect.stringMatching(/^shunt validate: --require: "luck"/),
			expect.stringMatching(/^shunt validate: --timeout: "5"/),
		]);
	}));

it("is the same under its own name", () =>
	withRules((world) => {
		const { status, stderr } = world.pod.try(validator.replace(/shunt$/, "shunt-network-validator"), policy);
		expect(stderr).toContain('msg="Validated"');
		expect(status).toBe(0);
	}));
