import { ConnectionHolder } from "../test/support/connection-holder.ts";
import { seeConnections } from "../test/support/connections-run.ts";
import { makeNetns, type Netns } from "../test/support/netns.ts";
import { runShunt, shuntProgram } from "../test/support/programs.ts";
import { formatNumber, formatTable } from "./markdown.ts";
import { findProgram } from "./programs.ts";
import { summarize } from "./statistics.ts";

const ports = {
	outboundProxy: 4140,
	inboundProxy: 4143,
	skipped: [9090, 9091],
	other: 9190,
	served: 8080,
} as const;

/** Each with what is measured in it; that what is told is right is looked at in every one. */
const scenes = [
	{ mode: "nft", count: 12, isWhole: true },
	{ mode: "nft", count: 1000, isWhole: true },
	{ mode: "nft", count: 50_000, isWhole: true },
	{ mode: "legacy", count: 50_000, isWhole: false },
	{ mode: "nftables", count: 50_000, isWhole: false },
] as const;

type Scene = (typeof scenes)[number];

/**
 * `shunt connections` in a pod's namespace with so many live connections, half of them redirected, each way, and half
 * exempt. `ss` is what people ask today: it tells neither where a redirected connection was going and went nor why.
 */
export async function benchConnections(rounds: number): Promise<string> {
	const rows: string[][] = [];
	for (const scene of scenes) {
		const few = scene.count > 1000 ? 3 : rounds;
		rows.push(...(await withConnections(scene, (pod) => rowsFor(pod, scene, few))));
	}
	return [
		"## Live connections",
		`\`shunt connections\` of a network namespace with live connections of both families, a quarter of them redirected
each way and half exempt; that it tells each of them, and of each half where it went, is checked before. The whole program, medians.
Memory is the maximum resident set, and for each connection what is beyond that in an empty namespace. \`ss\` knows sockets alone.`,
		formatTable(
			["", "connections", "seconds", "CPU seconds", "MB", "CPU µs per connection", "KB per connection"],
			rows,
		),
	].join("\n\n");
}

const programs: readonly (readonly [title: string, argv: readonly string[]])[] = [
	["shunt connections", [shuntProgram, "connections"]],
	["shunt connections --totals", [shuntProgram, "connections", "--totals"]],
	["shunt connections --output json", [shuntProgram, "connections", "--output", "json"]],
	["ss -tnp", ["ss", "-tnp"]],
];

function rowsFor(pod: Netns, { mode, count, isWhole }: Scene, rounds: number): string[][] {
	const { totals } = seeConnections(["--netns", pod.path, "--totals"]);
	if (totals.connections !== count || totals["proxy"] !== count / 2 || totals["pastProxy"] !== count / 2) {
		throw new Error(`${mode}: ${count} connections were made, and these are told: ${JSON.stringify(totals)}`);
	}
	const empty = makeNetns("bench-empty");
	try {
		return programs.slice(0, isWhole ? programs.length : 1).map(([title, argv]) => {
			process.stderr.write(`${mode}, ${count} connections: ${title}\n`);
			const { seconds, cpu, megabytes } = medianOf(pod, argv, rounds);
			const base = medianOf(empty, argv, rounds);
			// Of a few, the program itself is nearly all there is.
			const each = (part: number) => formatNumber(count < 1000 ? Number.NaN : part / count);
			return [
				argv[0] === "ss" ? title : `${title}, mode ${mode}`,
				`${count}`,
				...[seconds, cpu, megabytes].map(formatNumber),
				each((cpu - base.cpu) * 1e6),
				each((megabytes - base.megabytes) * 1000),
			];
		});
	} finally {
		empty.remove();
	}
}

interface Cost {
	readonly seconds: number;
	readonly cpu: number;
	readonly megabytes: number;
}

function medianOf(netns: Netns, argv: readonly string[], rounds: number): Cost {
	const samples = Array.from({ length: rounds }, () => measure(netns, argv));
	const median = (part: keyof Cost) => summarize(samples.map((sample) => sample[part])).median;
	return { seconds: median("seconds"), cpu: median("cpu"), megabytes: median("megabytes") };
}

function measure(netns: Netns, argv: readonly string[]): Cost {
	const { stderr, status } = netns.try(findProgram("time"), ["-f", "cost %e %U %S %M", ...argv], {
		env: process.env,
		maxBuffer: 1 << 28,
		timeout: 300_000,
	});
	const [, seconds, user, system, kilobytes] = /^cost (\S+) (\S+) (\S+) (\d+)$/m.exec(stderr) ?? [];
	if (status !== 0 || kilobytes === undefined) {
		throw new Error(`${argv.join(" ")} could not be measured: ${stderr}`);
	}
	return {
		seconds: Number(seconds),
		cpu: Number(user) + Number(system),
		megabytes: (Number(kilobytes) * 1024) / 1e6,
	};
}

async function withConnections<T>({ mode, count }: Scene, use: (pod: Netns) => T): Promise<T> {
	const [pod, peer] = [makeNetns("bench-pod"), makeNetns("bench-peer")];
	const holders: ConnectionHolder[] = [];
	const start = async (...settings: Parameters<typeof ConnectionHolder.start>) => {
		const holder = await ConnectionHolder.start(...settings);
		holders.push(holder);
		return holder;
	};
	try {
		pod.run("ip", ["link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", peer.name]);
		for (const [netns, host] of [
			[pod, 2],
			[peer, 1],
		] as const) {
			netns.run("ip", ["address", "add", `10.66.0.${host}/24`, "dev", "eth0"]);
			netns.run("ip", ["address", "add", `fd66::${host}/64`, "nodad", "dev", "eth0"]);
		}
		for (const netns of [pod, peer]) {
			netns.run("ip", ["link", "set", "eth0", "up"]);
			netns.run("sysctl", ["-qw", "net.ipv4.ip_local_port_range=10000 65535"]);
		}
		const { outboundProxy, inboundProxy, skipped, other, served } = ports;
		const policy = ["-p", `${inboundProxy}`, "-o", `${outboundProxy}`, "--proxy-uid", "2102"];
		const more = ["--outbound-ports-to-ignore", skipped.join(), "--iptables-mode", mode];
		const { status, stderr } = runShunt(["init", ...policy, ...more, "--netns", pod.path]);
		if (status !== 0) {
			throw new Error(stderr);
		}
		// A process may have some 20,000 files open. In place of a proxy: what it takes, and nothing that it makes.
		for (const port of [outboundProxy, inboundProxy]) {
			await start(pod, { ports: [port], user: 2102 });
		}
		for (const port of skipped) {
			await start(peer, { ports: [port] });
		}
		for (const [netns, host, port] of [
			[pod, 1, skipped[0]],
			[pod, 1, skipped[1]],
			[pod, 1, other],
			[peer, 2, served],
		] as const) {
			const client = await start(netns, { user: 1000 });
			const some = Math.floor(count / 8);
			await client.connect(`10.66.0.${host}`, port, count / 4 - some);
			await client.connect(`fd66::${host}`, port, some);
		}
		return use(pod);
	} finally {
		await Promise.all(holders.map((holder) => holder.stop()));
		pod.remove();
		peer.remove();
	}
}
