import { mkdirSync, rmSync } from "node:fs";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { hostContract } from "./host-contract.ts";

// Inside the repository, so that its packages are found, and with a name of its own for runs at the same time.
const folder = `${process.cwd()}/dist/.host-contract-${process.pid}`;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const deviations = {
	"runs commands at the same time": "Node has no synchronous call that waits for several children",
	"does something else while commands run": "the same",
	"starts all commands before the first input is made": "the same",
	"keeps also descriptors of high numbers to itself":
		"libuv marks only the first sixteen (uv_disable_stdio_inheritance)",
	"never hands a file that the kernel refuses to a shell": "libuv calls execvp(3), which does so on ENOEXEC",
};

hostContract("Node", deviations, async () => {
	mkdirSync(folder, { recursive: true });
	const outfile = `${folder}/driver.mjs`;
	await build({
		entryPoints: ["test/contract/host-driver-node.ts"],
		outfile,
		bundle: true,
		format: "esm",
		platform: "node",
		packages: "external",
		logLevel: "warning",
	});
	return [process.execPath, outfile];
});
