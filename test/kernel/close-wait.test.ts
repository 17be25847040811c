import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dialects, toolOf, toolsOf } from "../support/dialect.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { standard } from "../support/standard-policy.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const path = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait";
const flag = ["--timeout-close-wait-secs", "3600"];

describe.each(dialects)("--timeout-close-wait-secs, in %s,", (dialect) => {
	const args = ["init", ...standard.args, "--iptables-mode", dialect];

	it("is set in the named network namespace and in no other", () =>
		withNetns("sysctl", (netns) =>
			withNetns("bystander", (bystander) => {
				const before = [readFileSync(path, "utf8"), valueIn(bystander)];
				expect(runShunt([...args, ...flag, "--netns", netns.path]).status).toBe(0);
				expect(valueIn(netns)).toBe("3600\n");
				expect([readFileSync(path, "utf8"), valueIn(bystander)]).toEqual(before);
			}),
		));

	it("is set in the namespace that the program was started in", () =>
		withNetns("sysctl", (netns) => {
			const before = readFileSync(path, "utf8");
			expect(netns.try(shuntProgram, [...args, ...flag]).status).toBe(0);
			expect(valueIn(netns)).toBe("3600\n");
			expect(readFileSync(path, "utf8")).toBe(before);
		}));

	it("is left alone without the flag and when it is 0", () =>
		withNetns("sysctl", (netns) => {
			const before = valueIn(netns);
			expect(runShunt([...args, "--netns", netns.path]).status).toBe(0);
			expect(runShunt([...args, "--timeout-close-wait-secs=0", "--netns", netns.path]).status).toBe(0);
			expect(valueIn(netns)).toBe(before);
		}));

	it("is left alone by --simulate, as is everything else", () =>
		withNetns("sysctl", (netns) => {
			const before = snapshot(netns);
			const { status, stdout } = runShunt([...args, ...flag, "--simulate", "--netns", netns.path]);
			expect(status).toBe(0);
			expect(stdout).toContain("-N PROXY_INIT_REDIRECT");
			expect(snapshot(netns)).toBe(before);
		}));

	it("is put back when the rules cannot be made", () =>
		withNetns("sysctl", (netns) =>
			withToolFolder((tools) => {
				const before = valueIn(netns);
				tools.link(...toolsOf(dialect));
				tools.script(
					toolOf(dialect, "ipv6", "restore"),
					`[ -e "$0.seen" ] || cp ${path} "$0.seen"; echo no >&2; exit 1`,
				);
				tools.link("cp");
				const { status } = runShunt([...args, ...flag, "--netns", netns.path], { env: tools.env });
				expect(status).not.toBe(0);
				expect(readFileSync(`${tools.path}/${toolOf(dialect, "ipv6", "restore")}.seen`, "utf8")).toBe(
					"3600\n",
				);
				expect(valueIn(netns)).toBe(before);
			}),
		));

	it("on a read-only /proc/sys is a clear error, and nothing is applied", () =>
		withNetns("sysctl", (netns) => {
			const before = snapshot(netns);
			const script = 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"';
			const { status, stderr } = netns.try("unshare", [
				"--mount",
				"sh",
				"-c",
				script,
				"sh",
				shuntProgram,
				...args,
				...flag,
			]);
			expect(status).toBe(77);
			expect(stderr).toMatch(/^shunt init: --timeout-close-wait-secs: .*read-only/m);
			expect(snapshot(netns)).toBe(before);
		}));

	it("on a read-only /proc/sys does not matter when it is not asked for", () =>
		withNetns("sysctl", (netns) => {
			const script = 'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"';
			const { status } = netns.try("unshare", ["--mount", "sh", "-c", script, "sh", shuntProgram, ...args]);
			expect(status).toBe(0);
		}));
});

function valueIn(netns: Netns): string {
	return netns.run("cat", [path]);
}
