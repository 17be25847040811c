import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shuntProgram } from "../../support/programs.ts";
import { PodAndPeer } from "../../support/proxy-pod.ts";

const policy = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--outbound-ports-to-ignore", "443"];

let net: PodAndPeer;

beforeEach(() => {
	net = new PodAndPeer();
});

afterEach(() => net.close());

const inPod = (args: readonly string[], prefix: readonly string[] = []) => {
	const [program = "", ...rest] = [...prefix, shuntProgram, ...args];
	return net.pod.try(program, rest);
};

it("runs in gVisor", () => {
	expect(readFileSync("/proc/sys/kernel/osrelease", "utf8")).toContain("gvisor");
});

describe("in gVisor", () => {
	it("auto takes legacy, and says why nothing else", () => {
		const { status, stderr } = inPod(["init", ...policy, "--iptables-mode", "auto"]);
		expect(status, stderr).toBe(0);
		expect(stderr).toMatch(/nft: .*kernel has no nf_tables.* → nftables: .* → legacy: chosen/);
		expect(stderr).toContain("takes no comments");
	});

	it.each(["nft", "nftables"])("mode %s fails, and names legacy", (mode) => {
		const { status, stderr } = inPod(["init", ...policy, "--iptables-mode", mode]);
		expect(status, stderr).toBe(69);
		expect(stderr).toContain("kernel has no nf_tables");
		expect(stderr).toContain("modes that work here: legacy");
	});

	it("--probe says the same, and leaves nothing, also where it may make no namespace", () => {
		for (const prefix of [[], ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]]) {
			const { status, stdout } = inPod(["init", "--probe", "--iptables-mode", "legacy"], prefix);
			expect(status, stdout).toBe(0);
			expect(JSON.parse(stdout).dialects).toMatchObject({
				legacy: { ok: true },
				nft: { ok: false },
				nftables: { ok: false },
			});
			expect(net.pod.run("iptables-legacy-save", ["-t", "nat"])).not.toContain("SHUNT_PROBE");
		}
	});

	it("a change of the policy is made and shows", () => {
		inPod(["init", ...policy, "--iptables-mode", "legacy"]);
		const other = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102"];
		const drifted = inPod(["status", ...other]);
		expect(drifted.status, drifted.stdout).toBe(2);
		const changed = inPod(["init", ...other, "--iptables-mode", "legacy", "--output", "json"]);
		expect(JSON.parse(changed.stdout).families[0]).toEqual({
			family: "ipv4",
			outcome: "replaced",
			comments: false,
		});
		expect(inPod(["status", ...other]).status).toBe(0);
	});

	it("another program's rules stay as they are", () => {
		net.pod.run("iptables-legacy", ["-t", "nat", "-A", "OUTPUT", "-p", "udp", "-j", "ACCEPT"]);
		inPod(["init", ...policy, "--iptables-mode", "legacy"]);
		inPod(["clean"]);
		expect(net.pod.run("iptables-legacy-save", ["-t", "nat"])).toContain("-A OUTPUT -p udp -j ACCEPT");
	});

	it("without NET_RAW it fails, and says which capability is missing", () => {
		const prefix = ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"];
		const { status, stderr } = inPod(["init", ...policy, "--iptables-mode", "legacy"], prefix);
		expect(status, stderr).not.toBe(0);
		expect(stderr).toContain("NET_RAW");
	});

	it("rules are proven by the validator", () => {
		// Without a route to where it connects nothing comes as far as the rules, and gVisor takes no default one from ip.
		net.addAddress(net.pod, "ipv4", "192.0.2.1");
		inPod(["init", ...policy, "--iptables-mode", "legacy"]);
		const { status, stdout, stderr } = inPod(["validate", "--timeout", "20s"]);
		expect(status, `${stdout}${stderr}`).toBe(0);
		inPod(["clean"]);
		expect(inPod(["validate", "--timeout", "2s"]).status).toBe(95);
	});

	it.each([
		{ family: "ipv4", any: "0.0.0.0", pod: "10.77.0.2", peer: "10.77.0.1" },
		{ family: "ipv6", any: "::", pod: "fd77::2", peer: "fd77::1" },
	])("the proxy carries connections of $family to where they were going", async ({ any, pod, peer }) => {
		inPod(["init", ...policy, "--iptables-mode", "legacy"]);
		const [application, server] = await Promise.all([
			net.serve(net.pod, any, 8080, "the application"),
			net.serve(net.peer, any, 9090, "the server"),
			net.startProxy(),
		]);
		expect(await net.connect(net.peer, pod, 8080, "a question")).toMatchObject({
			answer: "the application heard a question",
		});
		expect(await net.closed()).toMatchObject({ direction: "inbound", reason: "closed" });
		expect(await net.connect(net.pod, peer, 9090, "another")).toMatchObject({
			answer: "the server heard another",
		});
		expect(await net.closed()).toMatchObject({ direction: "outbound", reason: "closed" });
		expect(application.length).toBeGreaterThan(1);
		expect(server.length).toBeGreaterThan(1);
	});

	it("a connection to the proxy that nobody redirected is refused, and the reason is logged", async () => {
		const proxy = await net.startProxy();
		await net.connect(net.peer, "10.77.0.2", 4143, "nothing").catch(() => undefined);
		await net.closed();
		expect(JSON.stringify(proxy.lines)).toContain("ENOTCONN");
	});
});
