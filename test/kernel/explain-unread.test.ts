import { describe, expect, it } from "vitest";
import { restore } from "../support/dialect.ts";
import { runExplain } from "../support/explain-run.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { type ToolFolder, withToolFolder } from "../support/tool-folder.ts";

const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
const redirect = "-A OUTPUT -p tcp -j REDIRECT --to-ports 9";

/** In a namespace, as somebody. */
const inside = ({ name }: Netns, ...prefix: readonly string[]) => ["ip", "netns", "exec", name, ...prefix];

describe("explain --live", () => {
	it.each([
		["root without NET_ADMIN", ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"]],
		["nobody", asNobody],
		["root of another user namespace", ["unshare", "--user", "--map-root-user"]],
		[
			"root of another user namespace, with iptables alone",
			["unshare", "--user", "--map-root-user"],
			"iptables-nft-save",
		],
		[
			"root of another user namespace, without a tool to ask",
			["unshare", "--user", "--map-root-user"],
			"unshare",
		],
	] as const)("as %s: 77 with advice, and not a word of rules", (_, prefix, only?: string) =>
		withNetns("unread", (netns) =>
			withToolFolder((tools) => {
				restore(netns, "nft", "ipv4", [redirect]);
				const path = only === undefined ? [] : [onlyTools(tools, ...new Set(["setpriv", "unshare", only]))];
				for (const args of [[], ["--output", "json"], ["outbound", "10.0.0.5:80"], ["--html", "-"]]) {
					const ended = runExplain(["--live", ...args], inside(netns, ...prefix, "env", ...path));
					expect(ended.status, ended.stdout).toBe(77);
					expect(ended.stdout).toBe("");
					expect(ended.stderr).toMatch(/NET_ADMIN|not permitted|permission denied/i);
					expect(ended.stderr).toContain("run it as root, or in a pod with securityContext.capabilities.add");
				}
			}),
		),
	);

	it("with NET_ADMIN alone: what only root is told is named", () =>
		withNetns("unread", (netns) => {
			restore(netns, "legacy", "ipv4", [redirect]);
			const prefix = [...asNobody, "--inh-caps", "+net_admin", "--ambient-caps", "+net_admin"];
			expectUnread(["--live"], inside(netns, ...prefix), {
				mode: "legacy",
				family: "ipv4",
				why: "only root is told whether there are any",
			});
		}));

	it("as root of the user namespace that the network namespace belongs to: reads everything", () => {
		const own = ["unshare", "--user", "--map-root-user", "--net", "sh", "-c"];
		const rules = "echo 'add table ip nat' | nft -f - && exec \"$@\"";
		const { status, stdout } = runExplain(["--live", "--output", "json"], [...own, rules, "sh"]);
		expect(status).toBe(0);
		expect(JSON.parse(stdout).subjects[0]).toMatchObject({ notRead: [], notConfirmed: [] });
	});
});

describe("a table whose program", () => {
	const cases: readonly (readonly [string, (tools: ToolFolder) => void, string])[] = [
		["is missing", () => undefined, "iptables-legacy-save is not installed"],
		["is killed", (tools) => tools.script("iptables-legacy-save", "kill -KILL $$"), "was killed by SIGKILL"],
		[
			"prints nothing, with status 0",
			(tools) => tools.script("iptables-legacy-save", "exit 0"),
			"did not print it",
		],
		[
			"stops in the middle, with status 0",
			(tools) => tools.script("iptables-legacy-save", "echo '*nat'; echo ':OUTPUT ACCEPT [0:0]'"),
			"not to its end",
		],
	];
	it.each(cases)("%s is named as not read, and the fate is open", (_, prepare, why) =>
		withNetns("unread", (netns) =>
			withToolFolder((tools) => {
				restore(netns, "legacy", "ipv4", [redirect]);
				const path = onlyTools(tools);
				prepare(tools);
				expectUnread(["--netns", netns.path], ["env", path], {
					mode: "legacy",
					family: "ipv4",
					table: "nat",
					why,
				});
			}),
		),
	);

	it.each([
		[
			"has no JSON",
			'for a in "$@"; do [ "$a" = "-j" ] && { echo "JSON support not compiled-in" >&2; exit 1; }; done',
			"JSON support not compiled-in",
		],
		[
			"prints no JSON, with status 0",
			"echo 'table inet fw {'; exit 0",
			"printed something else than a listing",
		],
		["is killed", "kill -SEGV $$", "was killed by SIGSEGV"],
	])("is an nft that %s is named as not read", (_, script, why) =>
		withNetns("unread", (netns) =>
			withToolFolder((tools) => {
				netns.run("nft", ["add table inet fw; add chain inet fw out { type nat hook output priority 0; }"]);
				const path = onlyTools(tools);
				tools.script("nft", `${script}\nexec "$real" "$@"`);
				expectUnread(["--netns", netns.path], ["env", path], {
					mode: "nftables",
					family: "inet",
					table: "fw",
					why,
				});
			}),
		),
	);

	it("prints JSON and no text is read all the same, but for what only the text tells", () =>
		withNetns("unread", (netns) =>
			withToolFolder((tools) => {
				netns.run("nft", ["add table inet fw; add chain inet fw out { type nat hook output priority 0; }"]);
				netns.run("nft", ["add rule inet fw out tcp dport 80 redirect to :9"]);
				netns.run("nft", [
					"add table inet off { flags dormant; }; add chain inet off o { type nat hook output priority 0; }",
				]);
				const path = onlyTools(tools);
				tools.script("nft", '[ "$1" = -a ] && kill -SEGV $$\nexec "$real" "$@"');
				expectUnread(["--netns", netns.path], ["env", path], {
					mode: "nftables",
					family: "inet",
					table: "off",
					why: "switched off",
				});
			}),
		));

	it("spoils its JSON where a table has flags hides no other table", () =>
		withNetns("unread", (netns) =>
			withToolFolder((tools) => {
				netns.run("nft", ["add table inet fw; add chain inet fw out { type nat hook output priority 0; }"]);
				netns.run("nft", ["add rule inet fw out tcp dport 80 redirect to :9"]);
				netns.run("nft", ["add table inet off { flags dormant; }"]);
				const path = onlyTools(tools);
				// As nft 1.0.6 does, whose listing then often ends there.
				const spoil = `printf %s "\${said%%\\\\"flags\\\\"*}\\\\"flags\\\\": "; exit`;
				tools.script(
					"nft",
					`said="$("$real" "$@")"\ncase "$* $said" in *-j*'"flags"'*) ${spoil};; esac\nprintf '%s\\n' "$said"`,
				);
				const { status, stdout } = runExplain(
					["--netns", netns.path, "--output", "json", "outbound", "10.0.0.5:80"],
					["env", path],
				);
				expect(status).toBe(0);
				const [subject] = JSON.parse(stdout).subjects;
				expect(subject).toMatchObject({ notRead: [] });
				expect(JSON.stringify(subject)).toContain("tcp dport 80 redirect to :9");
			}),
		));
});

/** `PATH=…`, with a shell and these programs and no others. */
function onlyTools(tools: ToolFolder, ...names: readonly string[]): string {
	tools.link("sh", ...names);
	return `PATH=${tools.path}`;
}

interface Unread {
	readonly mode: string;
	readonly family: string;
	readonly table?: string;
	readonly why: string;
}

/** In the table with and without a packet, in JSON with and without, and on the page. */
function expectUnread(args: readonly string[], prefix: readonly string[], { why, ...unread }: Unread): void {
	const said = (...more: readonly string[]) => {
		const { status, stdout, stderr } = runExplain([...args, ...more], prefix);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		return stdout;
	};
	const packet = ["outbound", "10.0.0.5:80"];
	const note = [unread.mode, unread.family, unread.table].filter(Boolean).join(" ");
	expect(said()).toMatch(/^Not read$/m);
	for (const text of [said(), said(...packet), said("--html", "-")]) {
		expect(text).toContain(`not read: ${note} (`);
		expect(text).toContain(why);
	}
	for (const json of [said("--output", "json"), said(...packet, "--output", "json")]) {
		expect(JSON.parse(json).subjects[0].notRead).toContainEqual(
			expect.objectContaining({ ...unread, why: expect.stringContaining(why) }),
		);
	}
	const [subject] = JSON.parse(said(...packet, "--output", "json")).subjects;
	expect(subject).toMatchObject({ fate: { kind: "unknown" }, outcome: "unknown" });
}
