import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { Family } from "../../src/domain/family.ts";
import { ConnectionHolder } from "../support/connection-holder.ts";
import {
	kindsOfConnections,
	type SeenNamespace,
	seeConnections,
	seenIn,
} from "../support/connections-run.ts";
import { makeNetns, type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram, startShunt } from "../support/programs.ts";
import { type PodAndPeer, withPodAndPeer } from "../support/proxy-pod.ts";
import { eventually } from "../support/proxy-sockets.ts";

const modes = ["legacy", "nft", "nftables"] as const;
const peers: Readonly<Record<Family, string>> = { ipv4: "10.77.0.1", ipv6: "fd77::1" };
const pods: Readonly<Record<Family, string>> = { ipv4: "10.77.0.2", ipv6: "fd77::2" };
const [asked, skipped, served] = [9090, 9191, 8080];
const proxy = 2102;
const policy = ["-p", "4143", "-o", "4140", "--proxy-uid", `${proxy}`, "--inbound-ports-to-ignore", "4191"];

const holders: ConnectionHolder[] = [];
afterEach(async () => {
	await Promise.all(holders.splice(0).map((holder) => holder.stop()));
});

async function start(
	netns: Netns,
	...settings: Parameters<typeof ConnectionHolder.start> extends [Netns, ...infer R] ? R : never
) {
	const holder = await ConnectionHolder.start(netns, ...settings);
	holders.push(holder);
	return holder;
}

function init(pod: Netns, mode: string, ...more: string[]): void {
	const args = ["init", ...policy, "--iptables-mode", mode, "--netns", pod.path, ...more];
	const { status, stderr } = runShunt(args);
	expect(status, stderr).toBe(0);
}

async function openByProxy({ peer }: PodAndPeer): Promise<Record<string, number>> {
	const script = `fetch("http://${pods.ipv4}:4191/metrics").then(async (r) => process.stdout.write(await r.text()))`;
	const metrics = peer.run(process.execPath, ["-e", script]);
	return Object.fromEntries(
		[...metrics.matchAll(/^shunt_proxy_connections_open\{direction="(\w+)"\} (\d+)$/gm)].map(
			([, direction = "", open]) => [direction, Number(open)],
		),
	);
}

describe.each(modes)("in mode %s", (mode) => {
	it("each connection is told with where it went, by which rule and whose it is, as the proxy counted and tests opened", () =>
		withPodAndPeer(async (world) => {
			const { pod, peer } = world;
			await start(peer, { ports: [asked, skipped] });
			const application = await start(pod, { ports: [served] });
			const early = await start(pod, { user: 1000 });
			await early.connect(peers.ipv4, asked, 2);
			await early.connect(peers.ipv6, asked);
			init(pod, mode, "--outbound-ports-to-ignore", `${skipped}`);
			await world.startProxy();
			const client = await start(pod, { user: 1000, title: "client" });
			const caller = await start(peer);
			await client.connect(peers.ipv4, asked, 4);
			await client.connect(peers.ipv6, asked, 3);
			await client.connect(peers.ipv4, skipped, 2);
			await client.connect(peers.ipv6, skipped);
			await caller.connect(pods.ipv4, served, 2);
			await caller.connect(pods.ipv6, served);
			// The proxy goes on to where they were going by connections of its own.
			const [out, into, own] = [
				"redirect-all-outgoing-to-proxy-port",
				"redirect-all-incoming-to-proxy-port",
				"ignore-proxy-user-id",
			];
			const seen = await eventually(() => {
				const found = seeConnections(["--netns", pod.path]);
				return found.totals.connections === 26 && found;
			});
			expect(seen.status, seen.stderr).toBe(0);
			expect(seen.notRead).toEqual([]);
			expect(kindsOfConnections(seen.connections)).toEqual({
				[`ipv4 outbound to ${asked}, past-proxy, none, otherwise by ${out}`]: 2,
				[`ipv6 outbound to ${asked}, past-proxy, none, otherwise by ${out}`]: 1,
				[`ipv4 outbound to ${asked}, proxy:4140, whole, as now by ${out}`]: 4,
				[`ipv6 outbound to ${asked}, proxy:4140, whole, as now by ${out}`]: 3,
				[`ipv4 outbound to ${asked}, past-proxy, whole, as now by ${own}`]: 4,
				[`ipv6 outbound to ${asked}, past-proxy, whole, as now by ${own}`]: 3,
				[`ipv4 outbound to ${skipped}, past-proxy, whole, as now by ignore-port`]: 2,
				[`ipv6 outbound to ${skipped}, past-proxy, whole, as now by ignore-port`]: 1,
				[`ipv4 inbound to ${served}, proxy:4143, whole, as now by ${into}`]: 2,
				[`ipv6 inbound to ${served}, proxy:4143, whole, as now by ${into}`]: 1,
				[`ipv4 outbound to ${served}, past-proxy, whole, as now by ${own}`]: 2,
				[`ipv6 outbound to ${served}, past-proxy, whole, as now by ${own}`]: 1,
			});
			expect(seen.totals).toMatchObject({ proxy: 10, pastProxy: 16, elsewhere: 0, unknown: 0, otherwise: 3 });
			expect(await openByProxy(world)).toEqual({ outbound: 7, inbound: 3 });
			for (const { to, via, direction, owner, receiver, now } of seen.connections) {
				const isClients = direction === "outbound" && via === "proxy";
				if (isClients) {
					expect(owner).toEqual({ uid: 1000, process: { pid: client.pid, command: "client" } });
					expect(receiver).toMatchObject({ uid: proxy, process: { command: "node" } });
				}
				if (direction === "outbound" && to.endsWith(`:${served}`)) {
					expect(receiver).toMatchObject({ uid: 0, process: { pid: application.pid } });
				}
				if (now !== undefined) {
					expect([now, owner?.process?.pid]).toEqual(["would go to the proxy on port 4140", early.pid]);
				}
			}

			// After a change, and then without any rules.
			init(pod, mode);
			const changed = seeConnections(["--netns", pod.path, "--port", `${skipped}`]);
			expect(kindsOfConnections(changed.connections)).toEqual({
				[`ipv4 outbound to ${skipped}, past-proxy, whole, otherwise by ${out}`]: 2,
				[`ipv6 outbound to ${skipped}, past-proxy, whole, otherwise by ${out}`]: 1,
			});
			expect(runShunt(["clean", "--netns", pod.path]).status).toBe(0);
			const cleaned = seeConnections(["--netns", pod.path, "--otherwise"]);
			expect(cleaned.status).toBe(0);
			expect(kindsOfConnections(cleaned.connections)).toEqual({
				[`ipv4 outbound to ${asked}, elsewhere:4140, whole, otherwise by none`]: 4,
				[`ipv6 outbound to ${asked}, elsewhere:4140, whole, otherwise by none`]: 3,
				[`ipv4 inbound to ${served}, elsewhere:4143, whole, otherwise by none`]: 2,
				[`ipv6 inbound to ${served}, elsewhere:4143, whole, otherwise by none`]: 1,
			});
		}));
});

describe("what was made before the rules", () => {
	it("is broken by the next packet where the rules want it, as the text says, and told for what it is where they do not", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [asked, skipped] });
			const [wanted, spared] = [await start(pod), await start(pod)];
			await wanted.connect(peers.ipv4, asked);
			await spared.connect(peers.ipv4, skipped);
			init(pod, "nft", "--outbound-ports-to-ignore", `${skipped}`);
			const stdout = runShunt(["connections", "--netns", pod.path]).stdout.replaceAll(/\s+/g, " ");
			expect(stdout).toMatch(
				/made before the present rules; now would go to the proxy on port 4140 by redirect-all/,
			);
			expect(stdout).toContain("1 untracked connection is about to break");
			expect(await wanted.say("hello")).toEqual(["ECONNRESET"]);
			expect(await spared.say("hello")).toEqual(["hello"]);
			const seen = seeConnections(["--netns", pod.path]);
			expect(kindsOfConnections(seen.connections)).toEqual({
				[`ipv4 outbound to ${skipped}, past-proxy, midway, as now by ignore-port`]: 1,
			});
		}));

	it("has the right way round where an answer was the first packet that was tracked", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			const server = await start(pod, { ports: [served] });
			const client = await start(peer);
			await client.connect(pods.ipv4, served);
			// Nothing but what leaves is tracked at first.
			pod.run("nft", ["add table ip t; add chain ip t c { type filter hook output priority raw; }"]);
			init(
				pod,
				"nft",
				"--inbound-ports-to-ignore",
				`4191,${served}`,
				"--outbound-ports-to-ignore",
				"1024-65535",
			);
			expect(await client.say("hello")).toEqual(["hello"]);
			const [seen] = seeConnections(["--netns", pod.path]).connections;
			expect(seen).toMatchObject({
				direction: "inbound",
				to: `${pods.ipv4}:${served}`,
				tracking: "midway",
				owner: { process: { pid: server.pid } },
				agrees: true,
			});
		}));
});

describe("many", () => {
	it("a thousand connections are all there, and each has its owner", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [skipped] });
			await start(pod, { ports: [4140], user: proxy, title: "proxy" });
			init(pod, "nftables", "--outbound-ports-to-ignore", `${skipped}`);
			const [first, second] = [await start(pod, { user: 1000 }), await start(pod, { user: 1001 })];
			await first.connect(peers.ipv4, skipped, 400);
			await second.connect(peers.ipv6, asked, 600);
			const { totals, connections, status } = seeConnections(["--netns", pod.path]);
			expect(status).toBe(0);
			expect(totals).toMatchObject({ connections: 1000, proxy: 600, pastProxy: 400, otherwise: 0 });
			const owned = (pid: number) => connections.filter(({ owner }) => owner?.process?.pid === pid).length;
			expect([owned(first.pid), owned(second.pid)]).toEqual([400, 600]);
			expect(new Set(connections.map(({ from }) => from)).size).toBe(1000);
			const text = runShunt(["connections", "--netns", pod.path, "--totals"]).stdout;
			expect(text).toMatch(/^1,000 connections: 600 through the proxy, 400 past it\.$/m);
			expect(text.split("\n")).toHaveLength(6);
		}));
});

describe("the text", () => {
	it("is not steered by the name of a program", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [asked] });
			const rude = await start(pod, { title: "\u001b[2J\nEVIL\u202e" });
			await rude.connect(peers.ipv4, asked);
			const { stdout } = runShunt(["connections", "--netns", pod.path]);
			expect(stdout).toContain(`${rude.pid} \\u001b[2J\\nEVIL`);
			expect(stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
		}));

	it("says what there is to say of a namespace without connections, and of one that is not there", () =>
		withNetns("connections", ({ path }) => {
			expect(runShunt(["connections", "--netns", path])).toMatchObject({
				status: 0,
				stdout: "No connections.\n",
			});
			const { status, stderr } = runShunt(["connections", "--netns", "nowhere"]);
			expect([status, stderr]).toEqual([64, expect.stringContaining("nowhere")]);
			const gone = runShunt(["connections", "--pid", "4194304"]);
			expect([gone.status, gone.stderr]).toEqual([64, expect.stringContaining("4194304")]);
		}));
});

describe("what cannot be read is named", () => {
	const withoutNetAdmin = ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"];
	const kernelWithout = fileURLToPath(new URL("../support/kernel-without.mjs", import.meta.url));

	it("without NET_ADMIN: exit 77, and no connections are made of nothing", () =>
		withNetns("connections", (netns) => {
			const [program = "", ...args] = [...withoutNetAdmin, shuntProgram, "connections"];
			const { status, stdout, stderr } = netns.try(program, args);
			expect([status, stdout]).toEqual([77, ""]);
			expect(stderr).toContain("NET_ADMIN");
		}));

	it("without the right to see other processes: the user is known, and that more is not", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [asked] });
			const client = await start(pod, { user: 1000 });
			await client.connect(peers.ipv4, asked);
			init(pod, "nft", "--outbound-ports-to-ignore", `${asked}`);
			const lacking = ["-sys_ptrace,-dac_override,-dac_read_search"];
			const prefix = ["--bounding-set", ...lacking, "--inh-caps", ...lacking];
			const args = [...prefix, shuntProgram, "connections", "--output", "json"];
			const { status, stdout, stderr } = pod.try("setpriv", args);
			expect(status, stderr).toBe(0);
			const seen = seenIn(stdout, stderr);
			expect(seen.connections.map(({ owner }) => owner)).toEqual([{ uid: 1000 }]);
			expect(seen.notRead).toMatchObject([{ what: "owners", why: expect.stringContaining("SYS_PTRACE") }]);
		}));

	it("by a kernel that does not tell of what it tracks: exit 1, and what sockets tell", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [asked] });
			const client = await start(pod);
			init(pod, "legacy", "--outbound-ports-to-ignore", `${asked}`);
			await client.connect(peers.ipv4, asked, 3);
			// Of nf_tables there is then nothing either.
			const lacking = [kernelWithout, "nf_tables", shuntProgram, "connections"];
			const { status, stdout, stderr } = pod.try(process.execPath, [...lacking, "--output", "json"]);
			expect(status, stderr).toBe(1);
			const seen = seenIn(stdout, stderr);
			expect(seen.notRead).toMatchObject([
				{ what: "tracked connections", why: expect.stringContaining("modprobe nf_conntrack_netlink") },
			]);
			expect(seen.totals).toMatchObject({ connections: 3, unknown: 3 });
			for (const one of seen.connections) {
				const owner = { process: { pid: client.pid } };
				expect(one).toMatchObject({ via: "unknown", agrees: null, tracking: "unread", owner });
				expect(one).not.toHaveProperty("wentTo");
			}
			const text = pod.try(process.execPath, lacking).stdout;
			expect(text).toContain("Not read: tracked connections: ");
			expect(text).toContain("nobody knows where");
		}));

	it("by a kernel that has no sock_diag: nothing is missing, since proc tells the same", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [asked] });
			const client = await start(pod, { user: 1000 });
			await client.connect(peers.ipv6, asked);
			init(pod, "nft", "--outbound-ports-to-ignore", `${asked}`);
			await client.connect(peers.ipv4, asked, 2);
			const args = [shuntProgram, "connections", "--output", "json"];
			const whole = pod.try(shuntProgram, args.slice(1));
			const lacking = pod.try(process.execPath, [kernelWithout, "sock_diag", ...args]);
			expect([lacking.status, whole.status], lacking.stderr).toEqual([0, 0]);
			const told = (stdout: string) =>
				seenIn(stdout, "")
					.connections.map((one) => JSON.stringify(one))
					.sort();
			expect(told(lacking.stdout)).toEqual(told(whole.stdout));
			expect(told(whole.stdout)).toHaveLength(3);
		}));
});

describe("--all", () => {
	it("tells each namespace's own, whose rules differ", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [asked] });
			init(pod, "nftables", "--outbound-ports-to-ignore", `${asked}`);
			const client = await start(pod);
			await client.connect(peers.ipv4, asked, 2);
			const { stdout, stderr } = runShunt(["connections", "--all", "--output", "json"], {
				maxBuffer: 1 << 28,
			});
			const all: SeenNamespace[] = JSON.parse(stdout).namespaces;
			const found = (netns: Netns) => all.find((one) => one.netns.name === netns.name);
			expect(kindsOfConnections(found(pod)?.connections ?? []), stderr).toEqual({
				[`ipv4 outbound to ${asked}, past-proxy, whole, as now by ignore-port`]: 2,
			});
			expect(kindsOfConnections(found(peer)?.connections ?? [])).toEqual({
				[`ipv4 inbound to ${asked}, past-proxy, none, as now by none`]: 2,
			});
			const text = runShunt(["connections", "--all", "--totals"], { maxBuffer: 1 << 28 }).stdout;
			expect(text).toMatch(new RegExp(`^${pod.name}, \\d+ node\n2 connections: 2 past it`, "m"));
		}));
});

describe("--watch", () => {
	it("goes on, and tells what begins and ends", () =>
		withPodAndPeer(async ({ pod, peer }) => {
			await start(peer, { ports: [asked] });
			const client = await start(pod);
			await client.connect(peers.ipv4, asked);
			const args = ["connections", "--netns", pod.path, "--watch", "--interval", "200ms", "--output", "json"];
			const watching = spawn(shuntProgram, args, { stdio: ["ignore", "pipe", "inherit"] });
			try {
				const lines = createInterface({ input: watching.stdout })[Symbol.asyncIterator]();
				const next = async () => JSON.parse((await lines.next()).value);
				expect(await next()).toMatchObject({ event: "there", to: `${peers.ipv4}:${asked}` });
				await client.connect(peers.ipv6, asked);
				expect(await next()).toMatchObject({ event: "begun", to: `[${peers.ipv6}]:${asked}`, agrees: true });
				await client.drop();
				const gone = [await next(), await next()];
				expect(gone.map(({ event }) => event)).toEqual(["ended", "ended"]);
			} finally {
				watching.kill("SIGTERM");
			}
		}));

	it("ends when the namespace has lost its name, and does not keep it alive", async () => {
		const netns = makeNetns("connections");
		const args = ["connections", "--netns", netns.path, "--watch", "--interval", "100ms"];
		const watching = startShunt(args);
		try {
			await once(watching.child.stdout as Readable, "data");
		} finally {
			netns.remove();
		}
		const { status, stderr } = await watching.ended;
		expect([status, stderr]).toEqual([0, expect.stringContaining("has gone")]);
	});
});
