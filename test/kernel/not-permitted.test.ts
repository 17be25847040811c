import { describe, expect, it } from "vitest";
import { dialects } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { shuntProgram } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { hold, standard } from "../support/standard-policy.ts";

const withoutNetAdmin = ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"];
const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
const withoutAny = ["--bounding-set", "-all", "--inh-caps", "-all"];

const unprivileged = [
	{ name: "root without NET_ADMIN", prefix: withoutNetAdmin },
	{ name: "nobody without capabilities", prefix: [...asNobody, ...withoutAny] },
	{ name: "nobody who could gain no privileges", prefix: [...asNobody, "--no-new-privs"] },
] as const;

describe.each(dialects)("%s, as", (dialect) => {
	it.each(unprivileged)("$name: exit 77, and the namespace is untouched", ({ prefix }) =>
		withNetns("unprivileged", (netns) => {
			const before = snapshot(netns);
			const { status, stderr } = run(netns, prefix, ["init", ...standard.args, "--iptables-mode", dialect]);
			expect(status).toBe(77);
			expect(stderr).toMatch(/^shunt init: .*(?:operation not permitted|permission denied)/i);
			expect(snapshot(netns)).toBe(before);
		}),
	);

	it.each(unprivileged)("$name: rules that are there stay", ({ prefix }) =>
		withNetns("unprivileged", (netns) => {
			hold(netns, dialect, standard);
			const before = snapshot(netns);
			expect(run(netns, prefix, ["init", "-p", "1", "-o", "2", "--iptables-mode", dialect]).status).toBe(77);
			expect(snapshot(netns)).toBe(before);
		}),
	);
});

describe.each(dialects)("%s, by the tools, as", (dialect) => {
	it.each(unprivileged)("$name: exit 77, and the tool's own words", ({ prefix }) =>
		withNetns("unprivileged", (netns) => {
			const args = ["init", ...standard.args, "--iptables-mode", dialect, "--transport", "tools"];
			const { status, stderr } = run(netns, prefix, args);
			expect(status).toBe(77);
			expect(stderr).toMatch(/^shunt init: .*ipv4: .+ \(exit status \d+\)/);
		}),
	);
});

describe("--netns", () => {
	it("as nobody: exit 77, and the namespace is untouched", () =>
		withNetns("unprivileged", (netns) => {
			const before = snapshot(netns);
			const args = ["init", ...standard.args, "--netns", netns.path];
			const { status, stderr } = run(netns, [...asNobody, ...withoutAny], args);
			expect(status).toBe(77);
			expect(stderr).toMatch(/operation not permitted|permission denied/i);
			expect(stderr).toContain(netns.path);
			expect(snapshot(netns)).toBe(before);
		}));
});

describe("root of another user namespace", () => {
	it("may not program nft here: exit 77, and the namespace is untouched", () =>
		withNetns("foreign-user", (netns) => {
			const before = snapshot(netns);
			const prefix = ["unshare", "--user", "--map-root-user"];
			const { status, stderr } = run(netns, prefix, ["init", ...standard.args, "--iptables-mode", "nft"]);
			expect(status).toBe(77);
			expect(stderr).toMatch(/operation not permitted/);
			expect(snapshot(netns)).toBe(before);
		}));
});

function run(netns: Netns, prefix: readonly string[], args: readonly string[]) {
	const [program = "", ...rest] = [...prefix, shuntProgram, ...args];
	return netns.try(program, rest);
}
