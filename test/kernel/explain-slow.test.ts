import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withNetns } from "../support/netns.ts";
import { withToolFolder } from "../support/tool-folder.ts";

const pod = {
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name: "web" },
	spec: { containers: [{ name: "web" }] },
};

/** `shunt explain ARGS… --output json`, as it goes on; `go` lets it come to its end once it has said something. */
async function explainSlowly(
	args: readonly string[],
	env: NodeJS.ProcessEnv,
	go: (child: ChildProcess) => void,
) {
	const child = spawn("bin/shunt", ["explain", ...args, "--output", "json"], { env });
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		stderr += text;
		go(child);
	});
	const [status] = await once(child, "close");
	return { status, said: stderr, subjects: JSON.parse(stdout).subjects };
}

it("says on standard error that it still waits for manifests, and standard output has the answer alone", async () => {
	const { status, said, subjects } = await explainSlowly(["-f", "-"], process.env, ({ stdin }) => {
		if (stdin?.writable === true) {
			stdin.end(JSON.stringify(pod));
		}
	});
	expect(status).toBe(0);
	expect(said).toBe("shunt explain: still reading manifests and working out what they say …\n");
	expect(subjects).toHaveLength(1);
});

it("says so while a tool takes its time", () =>
	withNetns("slow", (netns) =>
		withToolFolder(async (tools) => {
			netns.run("nft", ["add table ip other"]);
			const sign = join(tools.path, "go");
			tools.link("sh", "sleep");
			tools.script("nft", `while [ ! -e ${sign} ]; do sleep 0.1; done\nexec "$real" "$@"`);
			const { status, said, subjects } = await explainSlowly(
				["--netns", netns.path, "--transport", "tools"],
				{ ...process.env, ...tools.env },
				() => existsSync(sign) || writeFileSync(sign, ""),
			);
			expect(status).toBe(0);
			expect(said).toBe(
				"shunt explain: still reading the rules of a network namespace and following them …\n",
			);
			expect(subjects[0].notRead).toEqual([]);
		}),
	));
