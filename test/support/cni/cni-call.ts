import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { annotationsCapability } from "../../../src/cni/network-request.ts";
import type { SpecVersion } from "../../../src/cni/spec-version.ts";
import type { Netns } from "../netns.ts";
import type { Ended } from "../programs.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The plugin under test, as `SHUNT_PROGRAM` says: the native program by its plugin's name, or Node's. */
export const pluginProgram: readonly [string, ...string[]] =
	process.env["SHUNT_PROGRAM"] === undefined
		? [process.execPath, `${root}dist/main/shunt-cni.js`]
		: [`${root}dist/native/shunt-cni`];
const [program, ...programArgs] = pluginProgram;

/** A call as a runtime makes it. */
export interface CniCall {
	readonly command: string;
	/** The path that CNI_NETNS has; none where absent. */
	readonly netns?: Netns | string;
	readonly input: unknown;
	readonly env?: NodeJS.ProcessEnv;
}

export interface CniAnswer extends Ended {
	/** What standard output holds, which is one JSON object or nothing at all. */
	readonly answer: unknown;
}

export function callPlugin(call: CniCall): CniAnswer {
	const { status, stdout, stderr } = spawnSync(program, programArgs, {
		encoding: "utf8",
		timeout: 60_000,
		input: inputOf(call),
		env: environmentOf(call),
	});
	return { status, stdout, stderr, answer: answerIn(stdout) };
}

/** The same, begun. */
export function startPlugin(call: CniCall): { child: ChildProcess; ended: Promise<CniAnswer> } {
	const child = spawn(program, programArgs, {
		detached: true,
		stdio: ["pipe", "pipe", "pipe"],
		timeout: 60_000,
		killSignal: "SIGKILL",
		env: environmentOf(call),
	});
	// One that is killed takes no more of its input.
	child.stdin.on("error", () => undefined);
	child.stdin.end(inputOf(call));
	let stdout = "";
	let stderr = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		stderr += text;
	});
	const ended = new Promise<CniAnswer>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (status) => resolve({ status, stdout, stderr, answer: answerIn(stdout) }));
	});
	return { child, ended };
}

/** Throws for more than one object, or anything beside it. */
function answerIn(stdout: string): unknown {
	return stdout === "" ? undefined : JSON.parse(stdout);
}

function inputOf({ input }: CniCall): string {
	return typeof input === "string" ? input : JSON.stringify(input);
}

function environmentOf({ command, netns, env }: CniCall): NodeJS.ProcessEnv {
	return {
		PATH: process.env["PATH"],
		CNI_COMMAND: command,
		CNI_CONTAINERID: "c0ffee",
		CNI_IFNAME: "eth0",
		CNI_PATH: "/opt/cni/bin",
		CNI_ARGS: "K8S_POD_UID=u1;K8S_POD_NAME=web-0;IgnoreUnknown=1;K8S_POD_NAMESPACE=shop",
		...(netns === undefined ? {} : { CNI_NETNS: typeof netns === "string" ? netns : netns.path }),
		...env,
	};
}

/** The policy of `standard` in standard-policy.ts, as the injector stamps it. */
export const standardStamp = JSON.stringify({
	families: ["ipv4", "ipv6"],
	inbound: { proxyPort: 4143, portsToIgnore: ["4190", "4191"] },
	outbound: { proxyPort: 4140, proxyUid: 2102 },
});

/** What a runtime hands to the plugin about a pod with these annotations. */
export function inputFor(
	annotations: Readonly<Record<string, string>> | undefined,
	own: object = {},
	cniVersion: SpecVersion = "1.0.0",
): object {
	return {
		cniVersion,
		name: "pods",
		type: "shunt-cni",
		capabilities: { [annotationsCapability]: true },
		shunt: own,
		...(annotations === undefined ? {} : { runtimeConfig: { [annotationsCapability]: annotations } }),
	};
}

export const meshed = { "shunt.dev/redirect": standardStamp } as const;
