import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packPackage } from "../../scripts/release/package.ts";
import { version } from "../../src/domain/version.ts";

/**
 * The package, installed into an empty folder. Without a registry: what it asks for, which is one package with compiled code,
 * is packed of what is installed here.
 */
const folder = mkdtempSync(join(tmpdir(), "shunt-installed-"));
const program = (name: string) => join(folder, "node_modules/.bin", name);

function run(name: string, args: readonly string[], input = "") {
	const { status, stdout, stderr } = spawnSync(program(name), args, {
		cwd: folder,
		encoding: "utf8",
		input,
		timeout: 60_000,
	});
	return { status, stdout, stderr };
}

beforeAll(() => {
	const archive = packPackage(folder);
	const packages = join(folder, "packages");
	mkdirSync(packages);
	const compiled = ["koffi", ...readdirSync("node_modules/@koromix").map((name) => `@koromix/${name}`)];
	const npm = (args: readonly string[], cwd?: string) =>
		execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "pipe"], timeout: 300_000 });
	const folders = compiled.map((name) => `./node_modules/${name}`);
	npm(["pack", "--ignore-scripts", "--pack-destination", packages, ...folders]);
	writeFileSync(join(folder, "package.json"), "{}");
	const archives = readdirSync(packages).map((file) => join(packages, file));
	npm(
		[
			"install",
			"--offline",
			"--no-audit",
			"--no-fund",
			"--ignore-scripts",
			join(folder, archive),
			...archives,
		],
		folder,
	);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package in an empty folder", () => {
	it("brings one package besides its own, and no more than it needs", () => {
		const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
		expect(installed.toSorted()).toEqual(["@koromix", "koffi", "shunt"]);
		const own = join(folder, "node_modules/shunt");
		expect(readdirSync(own).toSorted()).toEqual(
			[
				"CHANGELOG.md",
				"LICENSE",
				"README.md",
				"bin",
				"charts",
				"dist",
				"docs",
				"licences",
				"package.json",
			].toSorted(),
		);
		expect(readdirSync(join(own, "dist"))).toEqual(["main"]);
		expect(readdirSync(join(own, "licences/@kubernetes/client-node"))).toContain("LICENSE");
	});

	it("cannot be published by accident", () => {
		const manifest = JSON.parse(readFileSync(join(folder, "node_modules/shunt/package.json"), "utf8"));
		expect(manifest).toMatchObject({ private: true, version });
	});

	it.each(["shunt", "kubectl-shunt", "proxy-init", "shunt-network-validator"])(
		"has %s, which says its version",
		(name) => {
			expect(run(name, ["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
		},
	);

	it("has what kubectl asks for completions", () => {
		const { status, stdout } = run("kubectl_complete-shunt", ["uninj"]);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^uninject\t/);
	});

	it.each(["bash", "zsh", "fish"])("prints the completion for %s", (shell) => {
		const { status, stdout } = run("shunt", ["completion", shell]);
		expect({ status, isScript: stdout.includes("__complete") }).toEqual({ status: 0, isScript: true });
	});

	it("renders the charts that came along", () => {
		const { status, stdout } = run("shunt", ["install", "--ignore-cluster"]);
		expect(status).toBe(0);
		expect(stdout).toContain("kind: MutatingWebhookConfiguration");
		expect(run("shunt", ["install-cni"]).stdout).toContain("kind: DaemonSet");
	});

	it("injects, explains and shows rules", () => {
		const flags = ["-p", "4143", "-o", "4140", "-u", "2102"];
		expect(run("shunt", ["explain", ...flags, "outbound", "10.0.0.1:80"]).stdout).toContain(
			"goes to the proxy on port 4140",
		);
		expect(run("proxy-init", [...flags, "--simulate"]).stdout).toContain("-N PROXY_INIT_REDIRECT");
		const pod = {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "a" },
			spec: { containers: [{ name: "a", image: "b" }] },
		};
		writeFileSync(join(folder, "pod.json"), JSON.stringify(pod));
		expect(run("shunt", ["inject", "--manual", "pod.json"]).stdout).toContain("shunt-init");
		const installed = run("shunt", ["install", "--ignore-cluster"]).stdout;
		const explained = run("shunt", ["explain", "-f", "-", "inbound", "10.0.0.1:80"], installed);
		expect(explained.stdout).toContain("goes to the proxy on port 4143");
	});

	it("reaches its compiled code, which the proxy needs", () => {
		const load =
			"import('koffi').then(({ default: { load } }) => console.log(typeof load('libc.so.6').func))";
		const { status, stdout } = spawnSync(process.execPath, ["-e", load], {
			cwd: join(folder, "node_modules/shunt"),
			encoding: "utf8",
			timeout: 60_000,
		});
		expect({ status, stdout }).toEqual({ status: 0, stdout: "function\n" });
	});
});
