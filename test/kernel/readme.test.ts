import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { documentedLines } from "../support/documented-lines.ts";

/** People take longer to type the next line than what runs beside it takes to begin. */
function patiently(line: string): string {
	const port = line.includes("bin/shunt proxy") ? 4191 : 8080;
	const knock = `ip netns exec demo bash -c '</dev/tcp/127.0.0.1/${port}' 2>/dev/null`;
	return /&( *#.*)?$/.test(line) ? `${line}\nuntil ${knock}; do sleep 0.1; done` : line;
}

it.each([
	["README.md", "Use in one pod"],
	["docs/five-minutes.md", "A pod of your own making"],
])(
	"the lines for one pod in %s work when they are typed from top to bottom, and leave nothing",
	(file, section) => {
		const lines = documentedLines(file, section);
		expect(lines.length).toBeGreaterThan(10);
		const script = [
			"set -eux -m",
			// A machine of their own: their names may be taken on this one.
			"mount -t tmpfs none /run",
			"ip link set lo up",
			...lines.map(patiently),
			'wait; test -z "$(ip netns list)"',
			// The kernel takes a namespace apart a little later.
			"while ip link show demo0; do sleep 0.1; done",
		].join("\n");
		const { status, stdout, stderr } = spawnSync(
			"unshare",
			["--net", "--mount", "--propagation", "private", "bash", "-c", script],
			{ encoding: "utf8", timeout: 120_000 },
		);
		rmSync("demo.html", { force: true });
		expect(status, stderr).toBe(0);
		// The answer that came through, the proxy's word about it, and the rule that did it.
		expect(stdout).toContain("\nhello\n");
		expect(stdout).toMatch(/connection closed" direction=inbound .* server=10\.209\.0\.2:8080 /);
		expect(stdout).toContain("proxy-init/redirect-all-incoming-to-proxy-port");
		expect(stderr).toContain('msg="Validated"');
	},
);
