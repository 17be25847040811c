import type { SpawnSyncReturns } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Dialect, dialects } from "../../src/domain/mode.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { hold, standard } from "../support/standard-policy.ts";
import { type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

const withoutNetAdmin = ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"];
const withoutSysAdmin = ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"];
const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
const withoutAny = ["--bounding-set", "-all", "--inh-caps", "-all"];
const inUserNamespace = ["unshare", "--user", "--map-root-user"];

const noTrace = [
	{ name: "root", prefix: [], status: 0, namespace: "new" },
	{ name: "root without NET_ADMIN", prefix: withoutNetAdmin, status: 77, namespace: "new" },
	{
		name: "nobody without capabilities",
		prefix: [...asNobody, ...withoutAny],
		status: 77,
		namespace: "this",
	},
	{ name: "root of another user namespace", prefix: inUserNamespace, status: 77, namespace: "this" },
] as const;

describe("a probe by", () => {
	it.each(noTrace)("$name ends with $status and leaves nothing", ({ prefix, status, namespace }) =>
		withNetns("probe", (netns) => {
			const before = snapshot(netns);
			const probed = probe(netns, ["--iptables-mode", "nft"], { prefix });
			expect(probed).toMatchObject({
				status,
				report: { namespace, left: [], mode: { served: status === 0 } },
			});
			expect(snapshot(netns)).toBe(before);
		}),
	);
});

describe("a probe", () => {
	it("says of every mode what setting up in it comes to", () =>
		withNetns("probe", async (netns) => {
			const { report } = probe(netns, []);
			for (const dialect of dialects) {
				await withNetns("probe", (fresh) => {
					const args = ["init", ...standard.args, "--iptables-mode", dialect];
					expect(report.dialects[dialect].ok).toBe(fresh.try(shuntProgram, args).status === 0);
				});
			}
		}));

	it.each(["legacy", "nft"] as const)("leaves %s rules that are there alone", (dialect) =>
		withNetns("probe", (netns) => {
			hold(netns, dialect, standard);
			const before = snapshot(netns);
			expect(probe(netns, []).report.namespace).toBe("new");
			expect(snapshot(netns)).toBe(before);
			probe(netns, ["--iptables-mode", dialect], { prefix: withoutSysAdmin });
			expect(netns.natTable(dialect, "ipv4").join("\n")).toContain("PROXY_INIT");
			expect(snapshot(netns)).not.toMatch(/probe/i);
		}),
	);

	it("looks into the namespace that it is told", () =>
		withNetns("probe", (netns) => {
			const before = snapshot(netns);
			const args = ["--netns", netns.path];
			expect(read(runShunt(["init", "--probe", ...args]))).toMatchObject({
				status: 0,
				report: { mode: { served: true } },
			});
			expect(snapshot(netns)).toBe(before);
		}));

	it("names the empty tables that it has to leave where it may make no namespace, and leaves no more", () =>
		withNetns("probe", (netns) => {
			const first = probe(netns, [], { prefix: withoutSysAdmin });
			expect(first.report.namespace).toBe("this");
			// Those of nft are removed again.
			const places = ["legacy ipv4", "legacy ipv6"];
			expect(first.report.left.map(({ mode, family }) => `${mode} ${family}`)).toEqual(places);
			const left = snapshot(netns);
			expect(left).not.toMatch(/^-A|probe|redirect/im);
			expect(probe(netns, [], { prefix: withoutSysAdmin }).report.left).toEqual([]);
			expect(snapshot(netns)).toBe(left);
		}));

	it("says which programs are not installed: exit 69, and nothing is touched", () =>
		withToolFolder((tools) =>
			withNetns("probe", (netns) => {
				tools.link("nft");
				const before = snapshot(netns);
				const { status, report, stderr } = probeWith(tools, netns, []);
				expect(status).toBe(69);
				expect(report.dialects.nftables).toEqual({ ok: true });
				expect(report.dialects.legacy).toMatchObject({ ok: false, code: "missing-tool" });
				expect(report.dialects.legacy.message).toContain("iptables-legacy-restore");
				expect(report.tools).toMatchObject({
					nft: expect.stringMatching(/v\d/),
					"iptables-nft-restore": null,
				});
				expect(stderr).toContain("modes that work here: nftables");
				expect(snapshot(netns)).toBe(before);
				expect(probeWith(tools, netns, ["--iptables-mode", "auto"]).status).toBe(0);
			}),
		));

	it("carries the first line of a tool that says no, and tries the others all the same", () =>
		withToolFolder((tools) =>
			withNetns("probe", (netns) => {
				tools.script(
					"iptables-nft-restore",
					"echo '# Warning: nothing' >&2; echo 'no such luck' >&2; exit 3",
				);
				tools.link("ip6tables-nft-restore", "iptables-nft-save", "ip6tables-nft-save", "nft");
				const before = snapshot(netns);
				const probed = probeWith(tools, netns, ["--iptables-mode", "nft"]);
				expect(probed.status).toBe(69);
				const message = "iptables-nft-restore: no such luck (exit status 3)";
				expect(probed.report.dialects.nft).toEqual({ ok: false, code: "refused", message });
				expect(probed.report.dialects.nftables).toEqual({ ok: true });
				expect(snapshot(netns)).toBe(before);
			}),
		));
});

describe("a probe on a kernel that really refuses", () => {
	const launcher = fileURLToPath(new URL("../support/kernel-without.mjs", import.meta.url));

	it.each([
		["nf_tables", "nft", ["legacy"]],
		["ip_tables", "legacy", ["nft", "nftables"]],
		["nf_tables,ip_tables", "auto", []],
	] as const)("%s says so, serves no mode %s, and names what works", (modules, mode, working) =>
		withNetns("probe", (netns) => {
			const before = snapshot(netns);
			const prefix = [process.execPath, launcher, modules];
			const { status, report } = probe(netns, ["--iptables-mode", mode], { prefix });
			expect(status).toBe(69);
			// Which of them "plain" is differs between distributions.
			const named = dialects.filter((dialect) => dialect !== "plain");
			expect(named.filter((dialect) => report.dialects[dialect].ok)).toEqual(working);
			for (const dialect of named.filter((other) => !report.dialects[other].ok)) {
				expect(report.dialects[dialect]).toMatchObject({
					code: "refused",
					message: expect.stringMatching(/\S/),
				});
			}
			expect(snapshot(netns)).toBe(before);
		}),
	);
});

interface Report {
	readonly namespace: string;
	readonly left: readonly { readonly mode: string; readonly family: string }[];
	readonly dialects: Readonly<Record<Dialect, { readonly ok: boolean; readonly message?: string }>>;
	readonly tools: Readonly<Record<string, string | null>>;
}

function probe(netns: Netns, args: readonly string[], { prefix = [] }: { prefix?: readonly string[] } = {}) {
	const [program = "", ...rest] = [...prefix, shuntProgram, "init", "--probe", ...args];
	return read(netns.try(program, rest));
}

function probeWith({ env }: ToolFolder, { path }: Netns, args: readonly string[]) {
	return read(runShunt(["init", "--probe", "--netns", path, ...args], { env }));
}

function read({ status, stdout, stderr }: SpawnSyncReturns<string>) {
	return { status, stderr, report: JSON.parse(stdout) as Report };
}
