import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createRandom } from "../recorder/random.ts";
import { callPlugin, inputFor, meshed, standardStamp, startPlugin } from "../support/cni/cni-call.ts";
import { tablesOf, toolsOf } from "../support/dialect.ts";
import { becomesEmpty } from "../support/killed-run.ts";
import { withNetns } from "../support/netns.ts";
import { killGroup, startShunt } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { emptyTable, standard, tableOf } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const all = [tableOf(standard), tableOf(standard)];
const none = [emptyTable, emptyTable];
const nft = { mode: "nft" };

async function withRunDir<T>(use: (runDir: string) => T | Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), "shunt-run-"));
	try {
		mkdirSync(`${folder}/pods`);
		return await use(folder);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

describe("input that is wrong", () => {
	it.each([
		["no JSON", "{", 6],
		["nothing", "", 6],
		["JSON that is nested without end", `{"cniVersion":"1.0.0","a":${"[".repeat(200_000)}`, 6],
		["a version of the future", { ...inputFor(meshed), cniVersion: "2.0.0" }, 1],
		["a version before there were chains", { ...inputFor(meshed), cniVersion: "0.2.0" }, 1],
		["a key of ours that nobody knows", inputFor(meshed, { modus: "nft" }), 2],
		["a configuration with mistakes", inputFor(meshed, { mode: "ebpf", policyWait: "soon" }), 7],
		["a stamp with mistakes", inputFor({ "shunt.dev/redirect": "{}" }), 102],
	])("as %s is one error object and changes nothing", (_, input, code) =>
		withNetns("cni", (netns) => {
			const before = snapshot(netns);
			const { status, answer } = callPlugin({ command: "ADD", netns, input });
			expect([status, answer]).toEqual([1, expect.objectContaining({ code, msg: expect.any(String) })]);
			expect(snapshot(netns)).toBe(before);
		}),
	);

	it("without prevResult is a plugin on its own, whose result is empty", () =>
		withNetns("cni", (netns) => {
			expect(callPlugin({ command: "ADD", netns, input: inputFor(meshed, nft) })).toMatchObject({
				status: 0,
				answer: { cniVersion: "1.0.0" },
			});
			expect(tablesOf(netns, "nft")).toEqual(all);
		}));

	it("without its variables is told of all of them", () => {
		const env = { CNI_CONTAINERID: "", CNI_IFNAME: "" };
		const { status, answer } = callPlugin({ command: "ADD", input: inputFor(meshed), env });
		expect([status, answer]).toEqual([
			1,
			{
				cniVersion: "1.1.0",
				code: 4,
				msg: "environment of ADD: CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME are missing or invalid",
				details: "CNI_CONTAINERID is missing; CNI_NETNS is missing; CNI_IFNAME is missing",
			},
		]);
	});
});

describe("a network namespace", () => {
	it("that has gone before ADD is an error after which the runtime still cleans up, and none to DEL", () => {
		const netns = "/run/netns/shunt-gone";
		const added = callPlugin({ command: "ADD", netns, input: inputFor(meshed, nft) });
		expect([added.status, added.answer]).toEqual([
			1,
			{ cniVersion: "1.0.0", code: 8, msg: `CNI_NETNS: ${netns}: no such file or directory` },
		]);
		expect(callPlugin({ command: "DEL", netns, input: inputFor(meshed, nft) })).toMatchObject({
			status: 0,
			stdout: "",
		});
	});

	it("that goes while its rules are made does not hold ADD up", () =>
		withNetns("cni", (netns) =>
			withToolFolder((tools) => {
				tools.link("ip", "touch", ...toolsOf("nft", "ipv6"), "iptables-nft-save");
				// What `ip netns delete` does first; the namespace's name stays for the test to clean up.
				tools.link("umount");
				tools.script("iptables-nft-restore", `umount -l ${netns.path}; exec "$real" "$@"`);
				const input = inputFor(meshed, { ...nft, transport: "tools" });
				const call = { command: "ADD", netns, input, env: tools.env };
				expect(callPlugin(call)).toMatchObject({ status: 0, answer: { cniVersion: "1.0.0" } });
				expect(
					tools.calls().filter((used) => used.startsWith("iptables-nft-restore")).length,
				).toBeGreaterThan(0);
				expect(callPlugin({ ...call, command: "DEL" })).toMatchObject({ status: 0, stdout: "" });
			}),
		));

	it("that is the plugin's own is refused", () => {
		const { status, answer } = callPlugin({
			command: "ADD",
			netns: "/proc/self/ns/net",
			input: inputFor(meshed, nft),
		});
		expect([status, answer]).toEqual([1, expect.objectContaining({ code: 8 })]);
	});

	it("is as it was where a family's rules are refused, and the next ADD works", () =>
		withNetns("cni", (netns) => {
			// The kernel takes no chain of iptables' by the name of one that hangs elsewhere, from us as from the tools.
			const inTheWay = "add table ip6 nat; add chain ip6 nat OUTPUT { type filter hook output priority 5; }";
			netns.run("nft", [inTheWay]);
			const before = snapshot(netns);
			const call = { command: "ADD", netns, input: inputFor(meshed, nft) };
			const { status, answer } = callPlugin(call);
			expect([status, answer]).toEqual([
				1,
				expect.objectContaining({
					code: 100,
					msg: expect.stringContaining("the rules could not be made (mode nft)"),
					details: expect.stringContaining("nothing was changed"),
				}),
			]);
			expect(snapshot(netns)).toBe(before);
			netns.run("nft", ["delete table ip6 nat"]);
			expect(callPlugin(call).status).toBe(0);
			expect(tablesOf(netns, "nft")).toEqual(all);
		}));
});

describe("ADD", () => {
	it.each(["legacy", "nft", "nftables"] as const)(
		"killed at random moments and called again makes the rules whole (%s)",
		(mode) =>
			withNetns("cni", async (netns) => {
				const random = createRandom(mode.length);
				const call = { command: "ADD", netns, input: inputFor(meshed, { mode }) };
				const expectRules = (there: boolean) => {
					expect(callPlugin({ ...call, command: "CHECK" }).status).toBe(there ? 0 : 1);
					if (mode !== "nftables") {
						expect(tablesOf(netns, mode)).toEqual(there ? all : none);
					}
				};
				let interrupted = 0;
				for (let kill = 0; kill < 20; kill++) {
					const { child, ended } = startPlugin(call);
					try {
						await sleep(random.between(0, kill < 10 ? 10 : 150));
						interrupted += child.exitCode === null ? 1 : 0;
						killGroup(child);
						await ended.catch(() => undefined);
						await becomesEmpty(netns);
					} finally {
						killGroup(child);
					}
					expect(callPlugin(call).status).toBe(0);
					expectRules(true);
					expect(callPlugin({ ...call, command: "DEL" }).status).toBe(0);
					expectRules(false);
				}
				expect(interrupted).toBeGreaterThan(0);
			}),
	);

	it.each(["legacy", "nft", "nftables"])("called several times at once makes the rules once (%s)", (mode) =>
		withNetns("cni", async (netns) => {
			const call = { command: "ADD", netns, input: inputFor(meshed, { mode }) };
			const answers = await Promise.all(Array.from({ length: 6 }, () => startPlugin(call).ended));
			expect(answers.map(({ status, answer }) => [status, answer])).toEqual(
				answers.map(() => [0, { cniVersion: "1.0.0" }]),
			);
			expect(callPlugin({ ...call, command: "CHECK" })).toMatchObject({ status: 0, stdout: "" });
		}),
	);

	it("of two entries in one list makes the rules once, and each knows them", () =>
		withNetns("cni", async (netns) => {
			const call = (command: string, name: string) => ({
				command,
				netns,
				input: { ...inputFor(meshed, nft), type: name },
			});
			const both = ["shunt-cni", "linkerd-cni"];
			const answers = await Promise.all(both.map((name) => startPlugin(call("ADD", name)).ended));
			expect(answers.map(({ status }) => status)).toEqual([0, 0]);
			expect(tablesOf(netns, "nft")).toEqual(all);
			for (const command of ["CHECK", "DEL"]) {
				for (const name of both) {
					expect([command, name, callPlugin(call(command, name)).status]).toEqual([command, name, 0]);
				}
			}
			expect(tablesOf(netns, "nft")).toEqual(none);
		}));

	it("beside an init container's program comes to the same rules once", () =>
		withNetns("cni", async (netns) => {
			const flags = ["-p", "4143", "-o", "4140", "-u", "2102", "--inbound-ports-to-ignore", "4190,4191"];
			for (let round = 0; round < 5; round++) {
				const init = startShunt(["init", "--iptables-mode", "nft", "--netns", netns.path, ...flags]);
				const add = startPlugin({ command: "ADD", netns, input: inputFor(meshed, nft) });
				const ends = await Promise.all([init.ended, add.ended]);
				expect(ends.map(({ status }) => status)).toEqual([0, 0]);
				expect(tablesOf(netns, "nft")).toEqual(all);
			}
		}));

	it("finds the tools though the runtime's PATH has none of them", () =>
		withNetns("cni", (netns) => {
			const call = { command: "ADD", netns, input: inputFor(meshed, nft), env: { PATH: "/nowhere" } };
			expect(callPlugin(call).status).toBe(0);
			expect(tablesOf(netns, "nft")).toEqual(all);
		}));
});

describe("the log file", () => {
	const mounted = async (options: string, use: (folder: string) => void) => {
		const folder = mkdtempSync(join(tmpdir(), "shunt-log-"));
		execFileSync("mount", ["-t", "tmpfs", "-o", options, "shunt-test", folder], { timeout: 10_000 });
		try {
			use(folder);
		} finally {
			execFileSync("umount", [folder], { timeout: 10_000 });
			rmSync(folder, { recursive: true });
		}
	};
	const add = (logFile: string) =>
		withNetns("cni", (netns) => {
			const result = callPlugin({ command: "ADD", netns, input: inputFor(meshed, { ...nft, logFile }) });
			expect(tablesOf(netns, "nft")).toEqual(all);
			return result;
		});

	it("gets what standard error gets, line by line", () =>
		withRunDir(async (folder) => {
			const { stderr } = await add(`${folder}/cni.log`);
			expect(readFileSync(`${folder}/cni.log`, "utf8")).toBe(stderr);
			expect(stderr).toMatch(
				/^time="\S+" level=info msg="pod shop\/web-0: rules: ipv4 created, ipv6 created \(mode nft\)/,
			);
		}));

	it("in a folder that is read-only, or is not there, fails no pod", () =>
		mounted("ro", async (folder) => {
			for (const path of [`${folder}/cni.log`, `${folder}/none/cni.log`]) {
				const { status, stderr } = await add(path);
				expect([status, stderr]).toEqual([0, expect.stringContaining("the log file cannot be written")]);
			}
		}));

	it("on a disk that is full fails no pod", () =>
		withNetns("cni", () => {
			const answer = add("/dev/full");
			return answer.then(({ status, stderr }) => {
				expect([status, stderr]).toEqual([0, expect.stringContaining("/dev/full: no space left on device")]);
			});
		}));
});

describe("a runtime that does not hand over annotations", () => {
	const file = (said: object) =>
		JSON.stringify({ version: 1, namespace: "shop", name: "web-0", uid: "u1", ...said });
	const whole = file({ redirect: JSON.parse(standardStamp) });
	const writeRecord = (runDir: string, namespaces: readonly string[]) =>
		writeFileSync(`${runDir}/node.json`, JSON.stringify({ version: 1, mode: "nft", namespaces }));
	const path = (runDir: string) => `${runDir}/pods/shop_web-0.json`;

	it("has the pod wait until the agent has written its file whole", () =>
		withNetns("cni", (netns) =>
			withRunDir(async (runDir) => {
				writeRecord(runDir, ["shop"]);
				const input = inputFor(undefined, { runDir, policyWait: "50s" });
				const { ended } = startPlugin({ command: "ADD", netns, input });
				writeFileSync(path(runDir), whole.slice(0, 100));
				await sleep(400);
				expect(tablesOf(netns, "nft")).toEqual(none);
				writeFileSync(`${runDir}/aside`, whole);
				renameSync(`${runDir}/aside`, path(runDir));
				expect(await ended).toMatchObject({ status: 0, answer: { cniVersion: "1.0.0" } });
				expect(tablesOf(netns, "nft")).toEqual(all);
			}),
		));

	it("has the pod tried again where nobody has written it in time", () =>
		withNetns("cni", (netns) =>
			withRunDir((runDir) => {
				writeRecord(runDir, ["shop"]);
				writeFileSync(path(runDir), whole.slice(0, 100));
				const input = inputFor(undefined, { runDir, policyWait: "100ms" });
				const { status, answer } = callPlugin({ command: "ADD", netns, input });
				expect([status, answer]).toEqual([
					1,
					{
						cniVersion: "1.0.0",
						code: 11,
						msg: "pod shop/web-0: the agent has not said whether it is meshed",
						details: `${path(runDir)} is not whole`,
					},
				]);
				expect(tablesOf(netns, "nft")).toEqual(none);
			}),
		));

	it.each([
		["a later version", '{"version":2}', 11],
		["mistakes", file({ redirect: {} }), 102],
	])("does not wait for the end of a file of %s", (_, text, code) =>
		withNetns("cni", (netns) =>
			withRunDir((runDir) => {
				writeRecord(runDir, ["shop"]);
				writeFileSync(path(runDir), text);
				const input = inputFor(undefined, { runDir, policyWait: "60s" });
				const { status, answer } = callPlugin({ command: "ADD", netns, input });
				expect([status, answer]).toEqual([1, expect.objectContaining({ code })]);
			}),
		),
	);

	it.each([
		["which says so", "shop", file({ leave: "it is not injected" })],
		[
			"though an earlier pod of its name was meshed, in a namespace without mesh",
			"bank",
			whole.replace("u1", "u0"),
		],
		["where there is no file and no mesh in its namespace", "bank", undefined],
	])("leaves a pod alone %s", (_, namespace, text) =>
		withNetns("cni", (netns) =>
			withRunDir((runDir) => {
				writeRecord(runDir, [namespace]);
				if (text !== undefined) {
					writeFileSync(path(runDir), text);
				}
				const input = inputFor(undefined, { runDir, policyWait: "60s" });
				const before = snapshot(netns);
				expect(callPlugin({ command: "ADD", netns, input }).status).toBe(0);
				expect(snapshot(netns)).toBe(before);
				expect(existsSync(path(runDir))).toBe(text !== undefined);
			}),
		),
	);

	it("after a boot, with all of /run lost, holds nobody up", () =>
		withNetns("cni", (netns) => {
			const shunt = { runDir: "/run/shunt-not-there", policyWait: "60s" };
			expect(callPlugin({ command: "ADD", netns, input: inputFor(undefined, shunt) }).status).toBe(0);
			expect(tablesOf(netns, "nft")).toEqual(none);
			const stamped = inputFor(meshed, { ...shunt, mode: "nft" });
			expect(callPlugin({ command: "ADD", netns, input: stamped }).status).toBe(0);
			expect(tablesOf(netns, "nft")).toEqual(all);
		}));
});
