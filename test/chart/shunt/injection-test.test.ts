import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { objectAt, objectsAt, textAt } from "../../../src/inject/json.ts";
import { InjectorProcess } from "../../injector/support/injector-process.ts";
import { createAuthority } from "../../support/api-server/certificates.ts";
import { chartFolder } from "./support/chart-files.ts";
import { configOf, connected, only, render } from "./support/rendered.ts";

/** The program of the chart's test pod, and what its environment says that it is to find. */
function testPod(set: readonly string[]) {
	const [container = {}] = objectsAt(
		objectAt(only(render({ name: "", set }, connected), "Pod"), "spec"),
		"containers",
	);
	const [program = ""] = container["args"] as string[];
	const expected = objectsAt(container, "env").find((variable) => textAt(variable, "name") === "EXPECTED");
	return { program, expected: textAt(expected ?? {}, "value") ?? "" };
}

interface Run {
	readonly status: number;
	readonly output: string;
}

/** Runs that program as the pod would, but for where it asks. */
async function runAgainst(
	port: number,
	ca: string,
	{ program, expected }: ReturnType<typeof testPod>,
): Promise<Run> {
	const child: ChildProcess = spawn(process.execPath, ["--input-type=module", "--eval", program], {
		env: { URL: `https://localhost:${port}/inject`, CA: ca, NAMESPACE: "web", EXPECTED: expected },
	});
	let output = "";
	child.stdout?.on("data", (text) => {
		output += text;
	});
	child.stderr?.on("data", (text) => {
		output += text;
	});
	const [status] = await once(child, "close");
	return { status, output };
}

describe("the chart's test", () => {
	let injector: InjectorProcess;

	beforeAll(async () => {
		injector = await InjectorProcess.start();
	});

	afterAll(() => injector.stop());

	/** The injector with the chart's configuration for some flags. */
	async function configured(...set: string[]) {
		const reloads = () => injector.lines.filter(({ msg }) => msg === "reloaded").length;
		const before = reloads();
		const files = ["tls.crt", "tls.key"].map((name) => [
			name,
			readFileSync(injector.mount.path(name), "utf8"),
		]);
		// The comment makes it another text each time.
		const config = `${configOf(render({ name: "", set }))}\n# ${before}\n`;
		injector.mount.swap({ ...Object.fromEntries(files), "values.yaml": config });
		while (reloads() === before) {
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	it.each([["legacy"], ["nft"], ["plain"], ["nftables"], ["auto"]])(
		"succeeds with an injector in mode %s",
		async (mode) => {
			const set = [`proxyInit.iptablesMode=${mode}`];
			await configured(...set);
			const { status, output } = await runAgainst(injector.port, injector.authority.cert, testPod(set));
			expect(output).toContain("The injector adds 1 proxy and shunt-init");
			expect(status).toBe(0);
		},
	);

	it("succeeds where the CNI plugin makes the rules", async () => {
		await configured("cniEnabled=true");
		const { status, output } = await runAgainst(
			injector.port,
			injector.authority.cert,
			testPod(["cniEnabled=true"]),
		);
		expect(output).toContain("The injector adds 1 proxy and shunt-network-validator");
		expect(status).toBe(0);
	});

	it.each([
		["proxyInit.iptablesMode=nft", "proxyInit.iptablesMode=nftables"],
		["proxyInit.iptablesMode=nft", "proxyInit.iptablesMode=legacy"],
		["proxyInit.iptablesMode=legacy", "disableIPv6=false"],
		["proxyInit.iptablesMode=nft", "cniEnabled=true"],
	])("fails where the injector has %s and the release %s", async (has, wants) => {
		await configured(has);
		const { status, output } = await runAgainst(injector.port, injector.authority.cert, testPod([wants]));
		expect(output).toMatch(/^FAILED: /);
		expect(status).toBe(1);
	});

	it("fails where the certificate is somebody else's", async () => {
		const { cert } = await createAuthority();
		const { status, output } = await runAgainst(injector.port, cert, testPod([]));
		expect(output).toMatch(/^FAILED: .*certificate/);
		expect(status).toBe(1);
	});

	it("fails where nobody answers, or something else does", async () => {
		const { cert, key } = await injector.authority.issue();
		const server = createServer({ cert, key }, (_, response) => response.writeHead(404).end("what?"));
		await new Promise<void>((resolve) => server.listen(0, resolve));
		const { port } = server.address() as AddressInfo;
		const wrong = await runAgainst(port, injector.authority.cert, testPod([]));
		expect(wrong).toMatchObject({ status: 1, output: expect.stringContaining("answered 404: what?") });
		await new Promise((resolve) => server.close(resolve));
		const gone = await runAgainst(port, injector.authority.cert, testPod([]));
		expect(gone).toMatchObject({ status: 1, output: expect.stringMatching(/^FAILED: /) });
	});

	it("carries the program that lies in the chart's files", () => {
		const source = readFileSync(`${chartFolder}files/injection-test.mjs`, "utf8");
		expect(testPod([]).program.trim()).toBe(source.trim());
	});
});
