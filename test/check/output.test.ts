import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HostError } from "../../src/host/host.ts";
import { ApiServer } from "../support/api-server/api-server.ts";
import { check, checkJson } from "./support/checking.ts";
import { installRelease } from "./support/release.ts";

let api: ApiServer;
beforeEach(async () => {
	api = await ApiServer.start();
	installRelease(api);
	api.store.delete("discovery.k8s.io/v1/endpointslices", "shunt/shunt-injector-1");
});
afterEach(() => api.stop());

describe("-o table", () => {
	it("shows every check under its category, with a hint where something is wrong", async () => {
		const { stdout } = await check(api, []);
		expect(stdout).toMatch(/^kubernetes-api\n-{14}\n√ the Kubernetes API can be reached: https:/);
		expect(stdout).toContain(
			[
				"× the injector's Service leads to a pod that is ready",
				"    no pod behind it is ready",
				"    see docs/checks.md#injector-service",
			].join("\n"),
		);
		expect(stdout).toMatch(/\n× \d+ passed, 0 to look at, 1 failed\n$/);
	});

	it("is in colour on a terminal, unless NO_COLOR says otherwise", async () => {
		const colour = "\u001b[";
		expect((await check(api, ["--pre"], { world: { isTerminal: true } })).stdout).toContain(colour);
		expect((await check(api, ["--pre"])).stdout).not.toContain(colour);
		const run = await checkPainted({ NO_COLOR: "1" });
		expect(run.stdout).not.toContain(colour);
		expect((await checkPainted({ TERM: "dumb" })).stdout).not.toContain(colour);
	});
});

/** On a terminal, with these variables. */
async function checkPainted(env: Readonly<Record<string, string>>) {
	const world = { isTerminal: true };
	return check(api, ["--pre"], { world, env });
}

describe("-o short", () => {
	it("shows what is not as it should be and the sum", async () => {
		const { stdout, status } = await check(api, ["-o", "short"]);
		expect(status).toBe(1);
		expect(stdout.split("\n").slice(0, 4)).toEqual([
			"injector",
			"--------",
			"× the injector's Service leads to a pod that is ready",
			"    no pod behind it is ready",
		]);
		expect(stdout).not.toContain("√");
	});

	it("shows the sum alone where all is well", async () => {
		const fresh = await ApiServer.start();
		try {
			installRelease(fresh);
			const { stdout } = await check(fresh, ["-o", "short"]);
			expect(stdout).toMatch(/^√ \d+ passed, 0 to look at, 0 failed\n$/);
		} finally {
			await fresh.stop();
		}
	});
});

describe("-o json", () => {
	it("is one object, whatever is said on standard error", async () => {
		const checked = await checkJson(api, ["--wait", "1ms"]);
		expect(checked.success).toBe(false);
		expect(checked.categories.map(({ name }) => name)).toEqual([
			"kubernetes-api",
			"kubernetes-version",
			"cni",
			"configuration",
			"injector",
			"certificates",
			"webhook",
			"control-plane",
		]);
	});
});

describe("standard output that nobody reads", () => {
	it("makes it a failure", async () => {
		const stdout = () => {
			throw new HostError("failed", "standard output: broken pipe");
		};
		await expect(check(api, ["--pre"], { world: { stdout } })).rejects.toThrow(
			"standard output: broken pipe",
		);
	});
});
