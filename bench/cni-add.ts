import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { annotationsCapability } from "../src/cni/network-request.ts";
import { contendersFor, type Dialect, dialects } from "./contenders.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import type { Command, Meter, Sample, Steps } from "./meter.ts";
import { findProgram } from "./programs.ts";
import { apiCalls, findLinkerdCni, linkerdConfig, referencePluginSteps } from "./reference-plugin.ts";
import { medianRatio, percentile, summarize } from "./statistics.ts";
import { type StubApi, startStubApi } from "./stub-api.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const nativePlugin = `${root}dist/native/shunt-cni`;
const nodePlugin = `${root}dist/main/shunt-cni.js`;

interface Contender {
	readonly title: string;
	readonly steps: Steps;
}

/** The whole process of a plugin's ADD, beside what programs the same rules one process after the other. */
export async function benchCniAdd(meter: Meter, folder: string, rounds: number): Promise<string> {
	const rows: string[][] = [];
	const api = await startStubApi(folder);
	try {
		for (const dialect of dialects) {
			rows.push(...(await rowsFor(dialect, meter, { folder, rounds, api })));
		}
	} finally {
		api.stop();
	}
	return [
		"## A CNI plugin's ADD",
		`Whole process of ADD for a pod that Linkerd's defaults are stamped on, both families, in a fresh network namespace,
${rounds} runs in turn; "not meshed" is the same for a pod without a stamp. Milliseconds, \`env\` before each plugin
included. "What linkerd-cni does" is its six calls, here to a stub on this machine over one connection of TLS, a listing
for each family, and nsenter and iptables for every rule; curl stands in for the plugin's own process, so that what Go takes
to start is not in it. "linkerd-cni itself" is that program, asking the same stub. It knows no nftables;
there its nft mode stands beside ours. "Times" says how many times as long as ours the others take: the median over the rounds, and the one 99th percentile by the other. CPU time is that of all processes
together, without the stub's. The last column is the most that any one process held.`,
		formatTable(
			["", "median", "p99", "times", "times at p99", "CPU", "CPU times", "API calls", "MB at most"],
			rows,
		),
	].join("\n\n");
}

interface Surroundings {
	readonly folder: string;
	readonly rounds: number;
	readonly api: StubApi;
}

async function rowsFor(dialect: Dialect, meter: Meter, surroundings: Surroundings): Promise<string[][]> {
	const { rounds, api } = surroundings;
	const contenders = contendersOf(dialect, surroundings);
	const samples = contenders.map((): Sample[] => []);
	const calls = contenders.map(() => 0);
	for (let round = 1; round <= rounds; round++) {
		process.stderr.write(`ADD, ${dialect}: round ${round} of ${rounds}\n`);
		for (const [index, { steps }] of contenders.entries()) {
			const before = api.requests();
			samples[index]?.push(await meter.measure(steps));
			calls[index] = (calls[index] ?? 0) + api.requests() - before;
		}
	}
	const [ours = []] = samples;
	const ourWalls = ours.map(({ wall }) => wall);
	const timesOf = (theirs: readonly Sample[], part: "wall" | "cpu") =>
		`${formatNumber(
			medianRatio(
				theirs.map((sample) => sample[part]),
				ours.map((sample) => sample[part]),
			),
		)}×`;
	return contenders.map(({ title, steps }, index) => {
		const own = samples[index] ?? [];
		const walls = own.map(({ wall }) => wall);
		return [
			`${dialect}: ${title}`,
			formatNumber(summarize(walls).median),
			formatNumber(percentile(walls, 99)),
			index === 0 ? "" : timesOf(own, "wall"),
			index === 0 ? "" : `${formatNumber(percentile(walls, 99) / percentile(ourWalls, 99))}×`,
			formatNumber(summarize(own.map(({ cpu }) => cpu)).median),
			index === 0 ? "" : timesOf(own, "cpu"),
			`${(calls[index] ?? 0) / rounds}`,
			title.includes("shunt-cni") ? formatNumber(peakOf(steps[0]?.[0])) : "",
		];
	});
}

/** Ours first. */
function contendersOf(dialect: Dialect, { folder, api }: Surroundings): Contender[] {
	const meshed = `${folder}/cni-meshed-${dialect}.json`;
	const other = `${folder}/cni-other-${dialect}.json`;
	writeFileSync(meshed, JSON.stringify(requestFor(dialect, { "shunt.dev/redirect": JSON.stringify(stamp) })));
	writeFileSync(other, JSON.stringify(requestFor(dialect, {})));
	if (!existsSync(nativePlugin)) {
		throw new Error(`${nativePlugin} is not there: run "make native" first`);
	}
	const others = contendersFor(dialect, folder).filter(({ id }) => id === "reference" || id === "one-by-one");
	// It knows no nftables.
	const theirs = dialect === "nftables" ? "nft" : dialect;
	return [
		{ title: "`shunt-cni`, native", steps: [[add(meshed, nativePlugin)]] },
		{ title: "`shunt-cni`, native, not meshed", steps: [[add(other, nativePlugin)]] },
		{ title: "an empty program", steps: [[add(other, findProgram("true"))]] },
		{ title: "`shunt-cni` on Node", steps: [[add(meshed, process.execPath, nodePlugin)]] },
		{
			title: `what linkerd-cni does${theirs === dialect ? "" : `, mode ${theirs}`}`,
			steps: referencePluginSteps(theirs, folder, api),
		},
		{ title: "its six API calls alone", steps: apiCalls(api) },
		...linkerdCni(theirs, dialect, { folder, api }),
		...others,
	];
}

/** Linkerd's own plugin, if there is one. */
export function linkerdCni(
	mode: Exclude<Dialect, "nftables">,
	dialect: Dialect,
	{ folder, api }: Pick<Surroundings, "folder" | "api">,
): Contender[] {
	const program = findLinkerdCni(process.env);
	if (program === undefined) {
		return [];
	}
	const stdin = `${folder}/linkerd-cni-${dialect}.json`;
	writeFileSync(stdin, JSON.stringify({ ...requestFor(dialect, {}), ...linkerdConfig(mode, folder, api) }));
	const title = `linkerd-cni itself${mode === dialect ? "" : `, mode ${mode}`}`;
	return [{ title, steps: [[add(stdin, program)]] }];
}

/** As a container runtime does, from outside of the namespace that CNI_NETNS names. */
function add(stdin: string, ...program: readonly string[]): Command {
	const environment = {
		CNI_COMMAND: "ADD",
		CNI_CONTAINERID: "c0ffee",
		CNI_IFNAME: "eth0",
		CNI_PATH: "/opt/cni/bin",
		CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_UID=u1",
	};
	const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
	return { argv: [findProgram("env"), ...words, ...program], stdin, outside: true };
}

const stamp = {
	families: ["ipv4", "ipv6"],
	inbound: { proxyPort: 4143, portsToIgnore: ["4190", "4191", "4567", "4568"] },
	outbound: { proxyPort: 4140, proxyUid: 2102, portsToIgnore: ["4567", "4568"] },
};

function requestFor(mode: Dialect, annotations: Readonly<Record<string, string>>): object {
	return {
		cniVersion: "1.0.0",
		name: "pods",
		type: "shunt-cni",
		capabilities: { [annotationsCapability]: true },
		shunt: { mode },
		runtimeConfig: { [annotationsCapability]: { "kubernetes.io/config.source": "api", ...annotations } },
		prevResult: {
			cniVersion: "1.0.0",
			interfaces: [{ name: "eth0", mac: "0a:58:0a:58:00:05", sandbox: "/var/run/netns/cni-1" }],
			ips: [{ address: "10.88.0.5/16", gateway: "10.88.0.1", interface: 0 }],
			routes: [{ dst: "0.0.0.0/0" }],
		},
	};
}

/** In megabytes of a million bytes, of the process alone. See memory.ts for why it is GNU time. */
function peakOf(command: Command | undefined): number {
	const { argv, stdin = "/dev/null" } = command ?? add("/dev/null", findProgram("true"));
	const script = '"$@" <"$0"';
	const timed = [stdin, findProgram("time"), "-f", "peak %M", ...argv];
	const { stderr } = spawnSync("unshare", ["--net", "sh", "-c", script, ...timed], {
		encoding: "utf8",
		timeout: 60_000,
		// The plugin starts inside of the namespace here, and is told that it is meant.
		env: { ...process.env, CNI_NETNS: "/proc/self/ns/net", CNI_NETNS_OVERRIDE: "1" },
	});
	return (Number(/^peak (\d+)$/m.exec(stderr)?.[1]) * 1024) / 1e6;
}
