import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SpecVersion, specVersions } from "../../src/cni/spec-version.ts";
import { meshed } from "../support/cni/cni-call.ts";
import {
	type CniNode,
	debianPlugins,
	hasCnitool,
	makeCniNode,
	type NodePlugins,
	ownEntry,
} from "../support/cni/cnitool.ts";
import {
	olderPlugin,
	type PluginRuntime,
	pluginPrograms,
	printingPlugin,
} from "../support/cni/plugin-folder.ts";
import { tools } from "../support/cri/tools.ts";
import { tablesOf } from "../support/dialect.ts";
import { snapshot } from "../support/snapshot.ts";
import { emptyTable, standard, tableOf } from "../support/standard-policy.ts";

const all = [tableOf(standard), tableOf(standard)];
const none = [emptyTable, emptyTable];

/** Plugins that print a result of this version: one in whatever list it stands, and one that knows 1.0.0 at most. */
function printing(version: SpecVersion): NodePlugins {
	const isOld = version < "1";
	const result = {
		cniVersion: version,
		interfaces: [{ name: "eth0", sandbox: "/run/netns/x" }],
		ips: [{ ...(isOld ? { version: "4" } : {}), address: "10.89.0.7/24", interface: 0 }],
	};
	return { scripts: { printing: printingPlugin(result), older: olderPlugin(result) } };
}

let node: CniNode;

afterEach(() => node?.remove());

describe.runIf(hasCnitool).each(Object.keys(pluginPrograms) as PluginRuntime[])(
	"the plugin on %s, called by libcni",
	(runtime) => {
		describe.each(specVersions)("behind bridge, host-local and portmap in a list of %s", (cniVersion) => {
			const list = { cniVersion, plugins: [...debianPlugins, ownEntry()] };

			beforeEach(() => {
				node = makeCniNode(runtime, cniVersion === "1.1.0" ? { others: tools.newestCniPlugins } : {});
			});

			it("is added, checked, and deleted, twice, and its result is the bridge's", () => {
				const added = node.cnitool("add", list, meshed);
				expect([added.status, added.stderr.replace(/^time=.*\n/gm, "")]).toEqual([0, ""]);
				const result = JSON.parse(added.stdout);
				expect(result.cniVersion).toBe(cniVersion);
				expect(result.ips.map(({ address }: { address: string }) => address.split("/")[1])).toEqual([
					"24",
					"64",
				]);
				expect(result.ips.map(({ version }: { version?: string }) => version)).toEqual(
					cniVersion < "1" ? ["4", "6"] : [undefined, undefined],
				);
				expect(tablesOf(node.pod, "nft")).toEqual(all);
				if (cniVersion >= "0.4.0") {
					expect(node.cnitool("check", list, meshed).status).toBe(0);
					node.pod.run("iptables-nft", ["-t", "nat", "-F", "PROXY_INIT_OUTPUT"]);
					const { status, stderr } = node.cnitool("check", list, meshed);
					expect([status, stderr]).toEqual([
						1,
						expect.stringContaining(
							"the rules are not as they should be (mode nft): ipv4: rule 1 of output is missing",
						),
					]);
				}
				for (const _ of [1, 2]) {
					expect(node.cnitool("del", list, meshed).status).toBe(0);
					expect(tablesOf(node.pod, "nft")).toEqual(none);
				}
			});

			it("is asked for its status, and garbage-collected, which ends what is left", () => {
				expect(node.cnitool("add", list, meshed).status).toBe(0);
				expect(node.cnitool("status", list)).toMatchObject({ status: 0, stdout: "" });
				expect(tablesOf(node.pod, "nft")).toEqual(all);
				for (const _ of [1, 2]) {
					expect(node.cnitool("gc", list)).toMatchObject({ status: 0, stdout: "" });
					expect(tablesOf(node.pod, "nft")).toEqual(none);
				}
			});

			it("does nothing for a pod without a stamp", () => {
				const without = { ...list, plugins: debianPlugins };
				expect(node.cnitool("add", without).status).toBe(0);
				const before = snapshot(node.pod);
				expect(node.cnitool("del", without).status).toBe(0);
				expect(node.cnitool("add", list, { "example.com/a": "b" }).status).toBe(0);
				expect(snapshot(node.pod)).toBe(before);
			});

			it("whose ADD fails is told in its words, and is deleted all the same", () => {
				const { status, stderr } = node.cnitool("add", list, { "shunt.dev/redirect": "{}" });
				expect([status, stderr]).toEqual([
					1,
					expect.stringContaining("pod shop/web-0: annotation shunt.dev/redirect has 2 mistakes"),
				]);
				expect(node.cnitool("del", list).status).toBe(0);
			});
		});

		describe.each(specVersions)("behind a plugin that prints version %s", (printed) => {
			it.each(specVersions)("answers in the version of the list, %s", (cniVersion) => {
				node = makeCniNode(runtime, printing(printed));
				const list = { cniVersion, plugins: [{ type: "printing" }, ownEntry()] };
				const { status, stdout } = node.cnitool("add", list, meshed);
				// libcni prints one that is empty for the older versions.
				const { dns: _, ...result } = JSON.parse(stdout);
				expect([status, result]).toEqual([
					0,
					{
						cniVersion,
						interfaces: [{ name: "eth0", sandbox: "/run/netns/x" }],
						ips: [{ ...(cniVersion < "1" ? { version: "4" } : {}), address: "10.89.0.7/24", interface: 0 }],
					},
				]);
				expect(tablesOf(node.pod, "nft")).toEqual(all);
				expect(node.cnitool("del", list).status).toBe(0);
			});
		});

		describe("behind a plugin that knows 1.0.0 and nothing later", () => {
			const listOf = (cniVersion: string) => ({ cniVersion, plugins: [{ type: "older" }, ownEntry()] });

			beforeEach(() => {
				node = makeCniNode(runtime, printing("1.0.0"));
			});

			it.each(["0.4.0", "1.0.0"])(
				"answers every verb in a list of %s, as nobody asks what it has not",
				(cniVersion) => {
					const list = listOf(cniVersion);
					expect(node.cnitool("add", list, meshed).status).toBe(0);
					expect(tablesOf(node.pod, "nft")).toEqual(all);
					expect(node.cnitool("check", list, meshed).status).toBe(0);
					expect(node.cnitool("status", list)).toMatchObject({ status: 0, stdout: "" });
					expect(node.cnitool("gc", list)).toMatchObject({ status: 0, stdout: "" });
					expect(tablesOf(node.pod, "nft")).toEqual(none);
					expect(node.cnitool("del", list, meshed).status).toBe(0);
				},
			);

			it("is not reached in a list of 1.1.0, which is why nobody may raise one", () => {
				const before = snapshot(node.pod);
				for (const verb of ["add", "status", "gc"] as const) {
					const { status, stderr } = node.cnitool(verb, listOf("1.1.0"), meshed);
					expect([verb, status, stderr]).toEqual([
						verb,
						1,
						expect.stringMatching(/incompatible|unknown CNI_COMMAND/),
					]);
				}
				expect(snapshot(node.pod)).toBe(before);
			});
		});

		describe("in a list of 1.1.0", () => {
			const list = { cniVersion: "1.1.0", plugins: [{ type: "printing" }, ownEntry()] };

			beforeEach(() => {
				node = makeCniNode(runtime, printing("1.0.0"));
			});

			it("is checked, asked for its status, and garbage-collected, which ends what is left", () => {
				expect(node.cnitool("add", list, meshed).status).toBe(0);
				expect(node.cnitool("check", list, meshed).status).toBe(0);
				expect(node.cnitool("status", list)).toMatchObject({ status: 0, stdout: "" });
				expect(node.cnitool("gc", list)).toMatchObject({ status: 0, stdout: "" });
				expect(tablesOf(node.pod, "nft")).toEqual(none);
			});

			it("fails its status where no pod could be redirected, and says why", () => {
				const wrong = { ...list, plugins: [{ type: "printing" }, ownEntry({ mode: "ebpf" })] };
				const { status, stderr } = node.cnitool("status", wrong);
				expect([status, stderr]).toEqual([1, expect.stringContaining('shunt.mode: "ebpf" is not a mode')]);
			});
		});

		it("says which versions it knows", () => {
			node = makeCniNode(runtime);
			const list = { cniVersion: "2.0.0", plugins: [ownEntry()] };
			const { status, stderr } = node.cnitool("add", list, meshed);
			expect(status).toBe(1);
			expect(stderr).toMatch(/2\.0\.0/);
		});

		it("logs where it is told to", () => {
			node = makeCniNode(runtime, printing("1.0.0"));
			const logFile = `${node.folder}/cni.log`;
			const list = {
				cniVersion: "1.0.0",
				plugins: [{ type: "printing" }, ownEntry({ mode: "nft", logFile })],
			};
			expect(node.cnitool("add", list, meshed).status).toBe(0);
			expect(node.cnitool("del", list, meshed).status).toBe(0);
			expect(readFileSync(logFile, "utf8").split("\n").filter(Boolean)).toEqual([
				expect.stringContaining("pod shop/web-0: rules: ipv4 created, ipv6 created (mode nft)"),
				expect.stringContaining("removed the ipv4 rules of mode nft"),
				expect.stringContaining("removed the ipv6 rules of mode nft"),
			]);
		});
	},
);
