import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { dialects, tablesOf, toolsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { standard, tableOf } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const launcher = fileURLToPath(new URL("../support/kernel-without.mjs", import.meta.url));
const everything = [tableOf(standard), tableOf(standard)];
const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const powerless = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
const onlyNetRaw = ["setpriv", "--bounding-set=-all,+net_raw", "--inh-caps=-all"];

describe("clean", () => {
	describe.each(dialects)("over rules in mode %s", (dialect) => {
		it.each([
			["as an ordinary user", nobody],
			["as root without capabilities", powerless],
			["without NET_ADMIN", onlyNetRaw],
			["in a user namespace of its own", ["unshare", "-Ur"]],
		])("does not say that there was nothing %s", (_, prefix) =>
			withNetns("unseen", (netns) => {
				setUp(netns, dialect);
				const { status, stdout, stderr } = clean(netns, prefix, "--output", "json");
				expect({ status, stderr }).toMatchObject({ status: 77, stderr: expect.stringMatching(/NET_ADMIN/) });
				expect(stderr).not.toContain("nothing of ours");
				expect(JSON.parse(stdout)).toMatchObject({ exitCode: 77 });
				expect(tablesOf(netns, dialect)).toEqual(everything);
			}),
		);
	});

	it("does not say so of a table in which iptables cannot show every rule", () =>
		withNetns("unseen", (netns) => {
			netns.run("nft", ["-f", "-"], nativeRule);
			setUp(netns, "nft");
			const { status, stderr } = clean(netns, [], "--transport", "tools");
			expect(status).toBe(1);
			expect(stderr).toMatch(/mode nft, ipv4: .*cannot show.*nft list ruleset/);
			expect(netns.run("nft", ["list", "ruleset"])).toContain("jump PROXY_INIT_REDIRECT");
		}));

	it.each(["legacy", "nft"] as const)(
		"does not say so where mode %s's program lists nothing at all",
		(mode) =>
			withNetns("unseen", (netns) =>
				withToolFolder((tools) => {
					setUp(netns, mode);
					tools.link(...toolsOf(mode));
					tools.script(`iptables-${mode}-save`, "exit 0");
					const args = ["clean", "--transport", "tools", "--netns", netns.path];
					const { status, stderr } = runShunt(args, { env: tools.env });
					expect(status).toBe(1);
					expect(stderr).toMatch(/ipv4: iptables-\S+-save: printed nothing of table nat, which is there/);
					expect(tablesOf(netns, mode)[0]).toEqual(everything[0]);
				}),
			),
	);

	it("takes the tables that iptables-nft made along, and no others", () =>
		withNetns("unseen", (netns) => {
			setUp(netns, "nft");
			netns.run("nft", ["chain ip6 nat OUTPUT { policy drop; }"]);
			const { status, stderr } = clean(netns);
			expect(status).toBe(0);
			expect(stderr).toContain("ipv4: removed the empty nat table of mode nft");
			const left = netns.run("nft", ["list", "ruleset"]);
			expect(left).not.toContain("table ip nat");
			expect(left).toMatch(/table ip6 nat[\s\S]*policy drop/);
		}));
});

describe("a second init over a table in which iptables cannot show every rule", () => {
	it("says why it cannot look, and what to do, and changes no rule", () =>
		withNetns("unseen", (netns) => {
			netns.run("nft", ["-f", "-"], nativeRule);
			setUp(netns, "nft");
			const before = netns.run("nft", ["list", "ruleset"]);
			const args = ["init", ...standard.args, "--iptables-mode", "nft", "--netns", netns.path];
			const { status, stderr } = runShunt([...args, "--transport", "tools"]);
			expect(status).toBe(1);
			expect(stderr).toMatch(/ipv4: iptables-nft-save: table nat holds rules .* take ours out with nft/);
			expect(stderr).not.toContain("Chain already exists");
			expect(netns.run("nft", ["list", "ruleset"])).toBe(before);
		}));
});

describe("status of a table in which iptables cannot show every rule", () => {
	it.each([
		["the rules themselves", []],
		["flags", standard.args],
	])("does not say that nothing of ours is there, against %s", (_, flags) =>
		withNetns("unseen", (netns) => {
			netns.run("nft", ["-f", "-"], nativeRule);
			setUp(netns, "nft");
			const { status, stdout } = runShunt([
				...["status", "--netns", netns.path, "--transport", "tools", ...flags],
				...["--output", "json"],
			]);
			const [seen] = (JSON.parse(stdout) as { namespaces: unknown[] }).namespaces;
			expect(status).toBe(1);
			expect(seen).toMatchObject({
				verdict: "unknown",
				drift: [],
				notRead: [{ mode: "nft", family: "ipv4", table: "nat" }],
			});
		}),
	);

	it("does not say that there should be something where all may be there", () =>
		withNetns("unseen", (netns) => {
			netns.run("nft", ["-f", "-"], nativeRule);
			setUp(netns, "nft", "--ipv6=false");
			const { status, stdout } = runShunt([
				...["status", "--netns", netns.path, "--transport", "tools"],
				...standard.args,
			]);
			expect(status).toBe(1);
			expect(stdout).toContain("not all could be read\n");
			expect(stdout).not.toContain("there are no rules of ours");
		}));
});

/** As somebody else's nft would write it. */
const nativeRule =
	"table ip nat { chain PREROUTING { type nat hook prerouting priority -100; tcp dport 81 redirect to :9001; }; }\n";

function clean(netns: Netns, prefix: readonly string[] = [], ...flags: string[]) {
	const [program = shuntProgram, ...args] = [...prefix, shuntProgram, "clean", ...flags];
	return netns.try(program, args);
}

function setUp(netns: Netns, dialect: string, ...flags: string[]): void {
	const args = ["init", ...standard.args, "--iptables-mode", dialect, "--netns", netns.path, ...flags];
	expect(runShunt(args)).toMatchObject({ status: 0 });
}

/** As a systemd unit with RestrictAddressFamilies=AF_INET is: every kernel has netlink, so nobody may say that there is nothing. */
describe("rules of nf_tables, where a filter keeps netlink from us,", () => {
	it.each([
		["clean", 1, /whether there are rules in mode nft or nftables could not be seen: netlink socket/],
		["status", 1, /rules of nftables for inet: netlink socket/],
	] as const)("are not called absent by %s, and stay", (command, status, says) =>
		withNetns("unseen", (netns) => {
			setUp(netns, "nft");
			const ended = netns.try("node", [launcher, "netlink", shuntProgram, command]);
			expect(ended.status, ended.stderr).toBe(status);
			expect(ended.stdout + ended.stderr).toMatch(says);
			expect(ended.stdout + ended.stderr).not.toMatch(/nothing of ours|no rules of ours/);
			expect(tablesOf(netns, "nft")).toEqual(everything);
		}),
	);
});
