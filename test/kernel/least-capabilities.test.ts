import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { shuntProgram } from "../support/programs.ts";

/** Just the capabilities that docs/security.md says a mode needs, for root and for a user without rights; and none less. */

const flags = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102"];

const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];

function run(netns: Netns, capabilities: readonly string[], args: readonly string[], user = nobody) {
	const added = capabilities.map((name) => `+${name}`);
	const only = ["-all", ...added].join(",");
	// As ambient ones, since a file's capabilities are a matter of the image (test/e2e/file-capabilities.test.ts).
	const sets = [
		"--bounding-set",
		only,
		"--inh-caps",
		only,
		...(added.length > 0 ? ["--ambient-caps", only] : []),
	];
	return netns.try("setpriv", [...user, "--no-new-privs", ...sets, shuntProgram, ...args], {
		env: { ...process.env, XTABLES_LOCKFILE: lockOf(netns) },
	});
}

const lockOf = ({ name }: Netns) => `/tmp/${name}.lock`;

const cases = [
	["legacy", "kernel", ["net_admin"]],
	["nft", "kernel", ["net_admin"]],
	["nftables", "kernel", ["net_admin"]],
	["auto", "auto", ["net_admin"]],
	["legacy", "tools", ["net_admin", "net_raw"]],
	["nft", "tools", ["net_admin"]],
	["plain", "tools", ["net_admin"]],
	["nftables", "tools", ["net_admin"]],
] as const;

describe.each(cases)("mode %s by way of %s", (mode, way, capabilities) => {
	const args = ["--iptables-mode", mode, "--transport", way];

	it(`works with ${capabilities.join(" and ")}, again, and is taken back`, () =>
		withNetns("least", (netns) => {
			for (const said of ["rules applied", "nothing changed"]) {
				const { status, stderr } = run(netns, capabilities, ["init", ...flags, ...args]);
				expect(status, stderr).toBe(0);
				expect(stderr).toContain(said);
			}
			// Nobody's, which root without capabilities may not open in a folder like /tmp.
			rmSync(lockOf(netns), { force: true });
			// Only root is told which legacy tables there are (/proc/net/ip_tables_names), with whatever capabilities.
			const cleaned = run(netns, capabilities, ["clean", "--transport", way], []);
			rmSync(lockOf(netns), { force: true });
			expect(cleaned.status, cleaned.stderr).toBe(0);
		}));

	it.each(capabilities)("does not work without %s, and says so", (missing) =>
		withNetns("least", (netns) => {
			const others = capabilities.filter((name) => name !== missing);
			const { status, stderr } = run(netns, others, ["init", ...flags, ...args]);
			rmSync(lockOf(netns), { force: true });
			expect(status, stderr).toBe(77);
			expect(stderr).toContain("NET_ADMIN");
		}),
	);
});
