import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkCommand } from "../../src/cli/check/check-command.ts";
import { runExplain } from "../../src/cli/explain/explain-command.ts";
import { processExplainIo } from "../../src/cli/explain/explain-io.ts";
import { injectCommand } from "../../src/cli/inject/inject-command.ts";
import { uninjectCommand } from "../../src/cli/inject/uninject-command.ts";
import { installCommand } from "../../src/cli/install/install-command.ts";
import { installCniCommand } from "../../src/cli/install-cni/install-cni-command.ts";
import { type ManifestIo, processIo } from "../../src/cli/io.ts";
import { uninstallCommand } from "../../src/cli/uninstall/uninstall-command.ts";
import { upgradeCommand } from "../../src/cli/upgrade/upgrade-command.ts";
import type { Problem } from "../../src/domain/problem.ts";
import { decodeText } from "../../src/host/node-text.ts";
import { connectCluster } from "../../src/injector/kubernetes-cluster.ts";
import { loadMounted } from "../../src/injector/mounted.ts";
import { readKubeconfig } from "../../src/kube/read-kubeconfig.ts";
import { readBy } from "../support/readers.ts";

const manifest = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: app, image: nginx}] # caf
`;

const latin1 = Buffer.concat([Buffer.from(manifest), Buffer.from("# caf\xe9\n", "latin1")]);
const place = `byte 0xe9 at offset ${manifest.length + 5} (line 6)`;

/** Every encoding with what is said of it. */
const wrong = {
	"latin1.yaml": [latin1, `is not UTF-8: ${place}`],
	"utf16.yaml": [Buffer.from(`\ufeff${manifest}`, "utf16le"), "is in UTF-16"],
	"nul.yaml": [Buffer.from(`${manifest}\0`), `has a NUL byte: 0x00 at offset ${manifest.length} (line 6)`],
} as const;

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "shunt-encodings-"));
	mkdirSync(at("folder"));
	for (const [name, [bytes]] of Object.entries(wrong)) {
		writeFileSync(at(name), bytes);
		writeFileSync(at(`folder/${name}`), bytes);
	}
	writeFileSync(at("right.yaml"), manifest);
	writeFileSync(at("marked.yaml"), `\ufeff${manifest}`);
	writeFileSync(at("marked-values.yaml"), "\ufeffproxyInit:\n  iptablesMode: nft\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `shunt inject` or `shunt uninject`, to its exit status. */
function manifests(
	command: typeof injectCommand | typeof uninjectCommand,
	args: readonly string[],
	world: ManifestIo,
): unknown {
	let status: unknown;
	command((ended) => {
		status = ended;
	}, world).parse([...args], { from: "user" });
	return status;
}

/** What a run says, on the files of this machine. */
async function said(
	run: (world: { stdout(text: string): void; stderr(text: string): void }) => Promise<unknown>,
) {
	const out = { stdout: "", stderr: "" };
	const status = await run({
		stdout: (text) => {
			out.stdout += text;
		},
		stderr: (text) => {
			out.stderr += text;
		},
	});
	return { status, ...out };
}

type Say = Parameters<Parameters<typeof said>[0]>[0];

/** Each way in by which a command reads a text of its user's. */
const ways: Readonly<Record<string, (path: string, say: Say) => Promise<unknown>>> = {
	"inject FILE": async (path, say) => manifests(injectCommand, [path], { ...processExplainIo, ...say }),
	"inject --config": async (config, say) =>
		manifests(injectCommand, ["--config", config, at("right.yaml")], { ...processExplainIo, ...say }),
	"uninject FILE": async (path, say) => manifests(uninjectCommand, [path], { ...processExplainIo, ...say }),
	"explain -f": (path, say) => runExplain(["-f", path], { ...processExplainIo, ...say }),
	"explain --config": (path, say) =>
		runExplain(["-f", at("right.yaml"), "--config", path], { ...processExplainIo, ...say }),
	"install -f": (path, say) => release(installCommand, ["--ignore-cluster", "-f", path], say),
	"install --set-file": (path, say) =>
		release(installCommand, ["--ignore-cluster", "--set-file", `injector.tls.cert=${path}`], say),
	"install-cni -f": (path, say) => release(installCniCommand, ["-f", path], say),
	"install-cni --set-file": (path, say) =>
		release(installCniCommand, ["--set-file", `podAnnotations.a=${path}`], say),
	"uninstall --kubeconfig": (path, say) => release(uninstallCommand, ["--kubeconfig", path], say),
	"upgrade --from-manifests": (path, say) => release(upgradeCommand, ["--from-manifests", path], say),
	"upgrade -f": (path, say) =>
		release(upgradeCommand, ["--from-manifests", at("right.yaml"), "-f", path], say),
	"install --kubeconfig": (path, say) => release(installCommand, ["--kubeconfig", path], say),
	"check --kubeconfig": async (path, say) => {
		let status: unknown;
		const command = checkCommand(
			(ended) => {
				status = ended;
			},
			{ ...processIo, ...say },
		);
		await command.parseAsync(["--kubeconfig", path], { from: "user" });
		return status;
	},
};

async function release(make: typeof installCommand, args: readonly string[], say: Say): Promise<unknown> {
	let status: unknown;
	const command = make(
		(ended) => {
			status = ended;
		},
		{ ...processIo, ...say },
	);
	await command.parseAsync([...args], { from: "user" });
	return status;
}

describe.each(Object.entries(wrong))("%s", (name, [bytes, complaint]) => {
	it.each(Object.entries(ways))("is refused by %s, with its byte, and nothing is written", async (_, run) => {
		const { status, stdout, stderr } = await said((say) => run(at(name), say));
		expect(stderr).toContain(name);
		expect(stderr).toContain(complaint);
		expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
	});

	it("is refused on standard input", async () => {
		const world = { ...processExplainIo, stdin: () => decodeText(bytes) };
		const injected = await said(async (say) => manifests(injectCommand, ["-"], { ...world, ...say }));
		expect(injected).toMatchObject({ status: 64, stdout: "" });
		expect(injected.stderr).toContain(`standard input: ${complaint}`);
		const installed = await said((say) =>
			release(installCommand, ["--ignore-cluster", "-f", "-"], { ...world, ...say } as Say),
		);
		expect(installed).toMatchObject({ status: 64, stdout: "" });
		expect(installed.stderr).toContain(`standard input: ${complaint}`);
	});

	it("is refused by the injector in each of its files, and as its kubeconfig", async () => {
		const mounted = await loadMounted({ config: at(name), tlsCert: at(name), tlsKey: at(name) });
		expect(complaintsOf(mounted)).toEqual(Array(3).fill(expect.stringContaining(complaint)));
		expect(complaintsOf(connectCluster(at(name)))).toEqual([expect.stringContaining(complaint)]);
	});
});

function complaintsOf(result: { readonly ok: boolean; readonly problems?: readonly Problem[] }): string[] {
	return (result.problems ?? []).map(({ complaint }) => complaint);
}

it("every file of a folder that is not text is named", async () => {
	const { status, stderr } = await said(async (say) =>
		manifests(injectCommand, [at("folder")], { ...processExplainIo, ...say }),
	);
	expect(status).toBe(64);
	for (const [name, [, complaint]] of Object.entries(wrong)) {
		expect(stderr).toContain(`folder/${name}: ${complaint}`);
	}
});

it.each(["utf16.yaml", "latin1.yaml", "nul.yaml"])(
	"status takes no policy from a file or standard input that is no text: %s",
	async (name) => {
		const status = `exec "$0" status --policy`;
		for (const shell of [`${status} "$1"`, `${status} - <"$1"`]) {
			const words = ["bash", "-c", shell, resolve("bin/shunt"), at(name)] as const;
			expect(await readBy("file", words)).toEqual({
				status: 64,
				stdout: "",
				stderr: expect.stringMatching(
					/^shunt status: --policy: ".*" (?:is in UTF-16|is not UTF-8|holds no).*\n$/,
				),
			});
		}
	},
);

it.each([
	["install", "--ignore-cluster", "--set", "injector.podAnnotations.a=caf\\351"],
	["inject", "caf\\351.yaml"],
	["check", "--namespace", "caf\\303"],
])("an argument that is not UTF-8 is refused: %j", async (...args) => {
	const words = args.map((word) => (word.includes("\\") ? `"$(printf '${word}')"` : word));
	const shell = `exec "$0" ${words.join(" ")}`;
	const { status, stdout, stderr } = await readBy("file", ["bash", "-c", shell, resolve("bin/shunt")]);
	const place = `argument ${args.findIndex((word) => word.includes("\\")) + 1}`;
	expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
	expect(stderr).toMatch(new RegExp(`^shunt ${args[0]}: ${place}: ".*caf\ufffd.*" is not UTF-8 `));
});

describe("a byte order mark of UTF-8", () => {
	it("is taken, and kept where the file is edited in place", async () => {
		const { status, stdout } = await said(async (say) =>
			manifests(injectCommand, [at("marked.yaml")], { ...processExplainIo, ...say }),
		);
		expect(status).toBe(0);
		expect(stdout.startsWith("\ufeffapiVersion: v1\n")).toBe(true);
		writeFileSync(at("injected.yaml"), stdout);
		const back = await said(async (say) =>
			manifests(uninjectCommand, [at("injected.yaml")], { ...processExplainIo, ...say }),
		);
		expect(back.stdout).toBe(`\ufeff${manifest}`);
	});

	it("stands at the beginning of a stream alone", async () => {
		const { stdout } = await said(async (say) =>
			manifests(injectCommand, [at("marked.yaml"), at("marked.yaml")], { ...processExplainIo, ...say }),
		);
		expect(stdout.lastIndexOf("\ufeff")).toBe(0);
	});

	it("is none of a JSON's or a value's", async () => {
		const json = await said(async (say) =>
			manifests(injectCommand, ["--output", "json", at("marked.yaml")], { ...processExplainIo, ...say }),
		);
		expect(JSON.parse(json.stdout).kind).toBe("Pod");
		const installed = await said((say) =>
			release(installCommand, ["--ignore-cluster", "-f", at("marked-values.yaml")], say),
		);
		expect(installed.status).toBe(0);
		expect(installed.stdout).toMatch(/iptablesMode: nft/);
	});

	it("is taken in a kubeconfig", () => {
		const text = `\ufeffapiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1", certificate-authority: ca.crt}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
users: [{name: u, user: {token: t}}]
current-context: x
`;
		writeFileSync(at("kubeconfig"), text);
		const read = readKubeconfig({ kind: "files", files: [at("kubeconfig")] }, undefined);
		expect(read.ok && read.value.getCurrentCluster()?.caFile).toBe(at("ca.crt"));
	});
});

it("a certificate that is not PEM is named by its byte", async () => {
	const { publicKey } = generateKeyPairSync("ed25519");
	writeFileSync(at("key.der"), publicKey.export({ type: "spki", format: "der" }));
	const mounted = await loadMounted({
		config: at("marked-values.yaml"),
		tlsCert: at("key.der"),
		tlsKey: at("key.der"),
	});
	expect(complaintsOf(mounted)).toEqual(Array(2).fill(expect.stringMatching(/at offset \d+ \(line 1\)/)));
});
