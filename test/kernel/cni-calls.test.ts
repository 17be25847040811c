import { describe, expect, it } from "vitest";
import { type SpecVersion, specVersions } from "../../src/cni/spec-version.ts";
import { callPlugin, inputFor, meshed } from "../support/cni/cni-call.ts";
import { type Dialect, tablesOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { snapshot } from "../support/snapshot.ts";
import { emptyTable, standard, tableOf } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const all = [tableOf(standard), tableOf(standard)];
const none = [emptyTable, emptyTable];

/** As the plugin before prints it in a list of that version, and as its neighbour in the other era does. */
function resultOf(version: SpecVersion, netns: Netns) {
	const isOld = version < "1";
	return {
		cniVersion: version,
		interfaces: [{ name: "eth0", mac: "0a:58:0a:58:00:05", sandbox: netns.path }],
		ips: [
			{ ...(isOld ? { version: "4" } : {}), address: "10.88.0.5/16", gateway: "10.88.0.1", interface: 0 },
		],
		routes: [{ dst: "0.0.0.0/0" }],
	};
}

describe.each(specVersions)("in a list of version %s", (version) => {
	const input = (
		netns: Netns,
		own: object = { mode: "nft" },
		annotations: typeof meshed | object = meshed,
	) => ({
		...inputFor({ ...annotations }, own, version),
		prevResult: resultOf(version, netns),
	});

	it("ADD makes the rules, CHECK knows them, DEL takes them out, and each may come twice", () =>
		withNetns("cni", (netns) => {
			const call = (command: string) => callPlugin({ command, netns, input: input(netns) });
			for (const _ of [1, 2]) {
				expect(call("ADD")).toMatchObject({ status: 0, answer: resultOf(version, netns) });
				expect(tablesOf(netns, "nft")).toEqual(all);
			}
			const checked = call("CHECK");
			expect([checked.status, checked.answer]).toEqual(
				version.startsWith("0.3")
					? [
							1,
							{ cniVersion: version, code: 1, msg: expect.stringContaining("CHECK came with version 0.4.0") },
						]
					: [0, undefined],
			);
			for (const _ of [1, 2]) {
				expect(call("DEL")).toMatchObject({ status: 0, stdout: "" });
				expect(tablesOf(netns, "nft")).toEqual(none);
			}
		}));

	it("ADD translates what a plugin of the other era printed", () =>
		withNetns("cni", (netns) => {
			const other = version < "1" ? "1.0.0" : "0.4.0";
			const prevResult = resultOf(other, netns);
			expect(callPlugin({ command: "ADD", netns, input: { ...input(netns), prevResult } })).toMatchObject({
				status: 0,
				answer: resultOf(version, netns),
			});
		}));

	it("no call touches a pod that is not meshed", () =>
		withNetns("cni", (netns) => {
			const before = snapshot(netns);
			for (const command of ["ADD", "DEL"]) {
				const { status } = callPlugin({
					command,
					netns,
					input: input(netns, {}, { "shunt.dev/inject": "enabled" }),
				});
				expect(status).toBe(0);
			}
			expect(snapshot(netns)).toBe(before);
		}));

	it("GC and STATUS are what the version has of them, and VERSION says which there are", () => {
		const answers = ["GC", "STATUS"].map((command) =>
			callPlugin({ command, input: inputFor({}, {}, version) }),
		);
		for (const { status, stdout, answer } of answers) {
			if (version === "1.1.0") {
				expect([status, stdout]).toEqual([0, ""]);
			} else {
				expect([status, answer]).toEqual([1, expect.objectContaining({ cniVersion: version, code: 1 })]);
			}
		}
		expect(callPlugin({ command: "VERSION", input: { cniVersion: version } })).toMatchObject({
			status: 0,
			answer: { cniVersion: version, supportedVersions: specVersions },
		});
	});
});

describe.each<Dialect | "nftables">(["legacy", "nft", "nftables"])("in mode %s", (mode) => {
	const flush: Record<typeof mode, readonly [string, ...string[]]> = {
		legacy: ["iptables-legacy", "-t", "nat", "-F", "PROXY_INIT_OUTPUT"],
		nft: ["iptables-nft", "-t", "nat", "-F", "PROXY_INIT_OUTPUT"],
		nftables: ["nft", "flush", "chain", "inet", "shunt", "output"],
	};

	const iptables = (dialect: "legacy" | "nft") =>
		["iptables", "ip6tables"].flatMap((name) => [`${name}-${dialect}-restore`, `${name}-${dialect}-save`]);
	const toolsOfMode: Record<typeof mode, readonly string[]> = {
		legacy: [...iptables("legacy"), ...iptables("nft"), "nft"],
		nft: [...iptables("nft"), "nft"],
		nftables: [...iptables("nft"), "nft"],
	};

	it("CHECK says what somebody has changed, and ADD mends it", () =>
		withNetns("cni", (netns) => {
			const call = (command: string) => callPlugin({ command, netns, input: inputFor(meshed, { mode }) });
			expect(call("ADD").status).toBe(0);
			expect(call("CHECK")).toMatchObject({ status: 0, stdout: "" });
			const [program, ...args] = flush[mode];
			netns.run(program, args);
			const { status, answer } = call("CHECK");
			expect([status, answer]).toEqual([
				1,
				{
					cniVersion: "1.0.0",
					code: 101,
					msg: expect.stringMatching(/^the rules are not as they should be \(mode \w+\): \w+: .* is missing/),
					details: expect.stringContaining("redirect to port 4140"),
				},
			]);
			expect(call("ADD").status).toBe(0);
			expect(call("CHECK")).toMatchObject({ status: 0, stdout: "" });
		}));

	it("CHECK does not mind what other plugins have made beside ours", () =>
		withNetns("cni", (netns) => {
			const call = (command: string) => callPlugin({ command, netns, input: inputFor(meshed, { mode }) });
			expect(call("ADD").status).toBe(0);
			// As portmap and a policy engine do, before a call of CHECK comes.
			const program = mode === "legacy" ? "iptables-legacy" : "iptables-nft";
			netns.run(program, ["-t", "nat", "-N", "CNI-HOSTPORT-DNAT"]);
			netns.run(program, ["-t", "nat", "-A", "PREROUTING", "-p", "tcp", "-j", "CNI-HOSTPORT-DNAT"]);
			netns.run(program, ["-t", "nat", "-A", "POSTROUTING", "-o", "eth0", "-j", "MASQUERADE"]);
			netns.run(program, ["-A", "OUTPUT", "-p", "udp", "-j", "ACCEPT"]);
			expect(call("CHECK")).toMatchObject({ status: 0, stdout: "" });
			const others = netns.run(`${program}-save`, []);
			expect(call("DEL").status).toBe(0);
			const lines = netns.run(`${program}-save`, []).split("\n");
			for (const line of others.split("\n").filter((each) => /CNI-HOSTPORT|MASQUERADE|udp/.test(each))) {
				expect(lines).toContain(line);
			}
		}));

	it("every command goes by the way that the entry asks for", () =>
		withNetns("cni", (netns) =>
			withToolFolder((tools) => {
				tools.record(...toolsOfMode[mode]);
				const call = (command: string, transport: string) =>
					callPlugin({ command, netns, input: inputFor(meshed, { mode, transport }), env: tools.env });
				for (const command of ["ADD", "CHECK", "DEL"]) {
					expect([command, call(command, "kernel").answer]).toEqual([
						command,
						command === "ADD" ? { cniVersion: "1.0.0" } : undefined,
					]);
				}
				expect(tools.calls()).toEqual([]);
				for (const command of ["ADD", "CHECK", "DEL"]) {
					const before = tools.calls().length;
					expect([command, call(command, "tools").status]).toEqual([command, 0]);
					expect([command, tools.calls().length > before]).toEqual([command, true]);
				}
			}),
		));

	it("STATUS finds it usable", () => {
		expect(callPlugin({ command: "STATUS", input: inputFor({}, { mode }, "1.1.0") })).toMatchObject({
			status: 0,
			stdout: "",
		});
	});
});

it("CHECK in mode auto knows the dialect that ADD chose", () =>
	withNetns("cni", (netns) => {
		for (const mode of ["legacy", "nftables", "nft"]) {
			expect(callPlugin({ command: "ADD", netns, input: inputFor(meshed, { mode }) }).status).toBe(0);
			expect(callPlugin({ command: "CHECK", netns, input: inputFor(meshed) })).toMatchObject({ status: 0 });
		}
	}));

it("a pod of Linkerd's injector is redirected by linkerd-cni's own entry", () =>
	withNetns("cni", (netns) => {
		const linkerd = {
			"incoming-proxy-port": 4143,
			"outgoing-proxy-port": 4140,
			"proxy-uid": 2102,
			"inbound-ports-to-ignore": ["4190", "4191"],
			"iptables-mode": "nft",
			"use-wait-flag": false,
			ipv6: true,
			simulate: false,
		};
		const annotations = {
			"linkerd.io/proxy-version": "edge-26.8.1",
			"linkerd.io/created-by": "linkerd/cli edge",
		};
		const { shunt: _, ...input } = inputFor(annotations) as { shunt?: unknown };
		const { status, answer } = callPlugin({
			command: "ADD",
			netns,
			input: { ...input, type: "linkerd-cni", linkerd },
		});
		expect([status, answer]).toEqual([0, { cniVersion: "1.0.0" }]);
		expect(tablesOf(netns, "nft")).toEqual(all);
	}));
