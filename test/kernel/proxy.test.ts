import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatEndpoint } from "../../src/domain/endpoint.ts";
import { type Family, families } from "../../src/domain/family.ts";
import { everyDialectAndFamily } from "../support/dialect.ts";
import type { Netns } from "../support/netns.ts";
import { PodAndPeer, withPodAndPeer } from "../support/proxy-pod.ts";
import { eventually } from "../support/proxy-sockets.ts";

interface Addresses {
	readonly any: string;
	readonly pod: string;
	readonly peer: string;
	/** A second one of the pod's, which redirects do not go to. */
	readonly second: string;
}

const addresses: Readonly<Record<Family, Addresses>> = {
	ipv4: { any: "0.0.0.0", pod: "10.77.0.2", peer: "10.77.0.1", second: "10.77.0.9" },
	ipv6: { any: "::", pod: "fd77::2", peer: "fd77::1", second: "fd77::9" },
};

const at = (address: string, port: number) => formatEndpoint({ address, port });

const fromAnyPortOf = (address: string) => {
	const host = at(address, 0).slice(0, -1);
	return expect.toSatisfy((client: string) => client.startsWith(host), `begins with ${host}`);
};

describe.each(everyDialectAndFamily)("redirected by $dialect, over $family", ({ dialect, family }) => {
	const { any, pod: podAddress, peer: peerAddress, second } = addresses[family];
	let world: PodAndPeer;
	let application: Record<string, unknown>[];
	let server: Record<string, unknown>[];

	beforeAll(async () => {
		world = new PodAndPeer();
		world.addAddress(world.pod, family, second, "preferred_lft", "0");
		world.redirect(dialect, family);
		[application, server] = await Promise.all([
			world.serve(world.pod, any, 8080, "the application"),
			world.serve(world.peer, any, 9090, "the server"),
			world.startProxy(),
		]);
	});

	afterAll(() => world.close());

	it("a connection to the pod reaches the application that it was meant for", async () => {
		expect(await world.connect(world.peer, podAddress, 8080, "a question")).toEqual({
			answer: "the application heard a question",
			how: "end",
		});
		expect(application.at(-1)).toMatchObject({ local: podAddress, localPort: 8080, remote: podAddress });
		expect(await world.closed()).toMatchObject({
			direction: "inbound",
			client: fromAnyPortOf(peerAddress),
			server: at(podAddress, 8080),
			sent: 10,
			received: 32,
			reason: "closed",
		});
	});

	it("a connection from the pod reaches the server that it was meant for", async () => {
		expect(await world.connect(world.pod, peerAddress, 9090, "a question")).toEqual({
			answer: "the server heard a question",
			how: "end",
		});
		expect(server.at(-1)).toMatchObject({ local: peerAddress, localPort: 9090, remote: podAddress });
		expect(await world.closed()).toMatchObject({
			direction: "outbound",
			client: fromAnyPortOf(podAddress),
			server: at(peerAddress, 9090),
			sent: 10,
			received: 27,
			reason: "closed",
		});
	});

	it("a connection to another of the pod's addresses keeps that address", async () => {
		expect(await world.connect(world.peer, second, 8080, "x")).toMatchObject({
			answer: "the application heard x",
		});
		expect(application.at(-1)).toMatchObject({ local: second });
		expect(await world.closed()).toMatchObject({ server: at(second, 8080), reason: "closed" });
	});

	it("a server that is not there refuses as it would without the proxy", async () => {
		expect(await world.connect(world.pod, peerAddress, 9, "x")).toEqual({ answer: "", how: "ECONNRESET" });
		expect(await world.closed()).toMatchObject({ reason: "refused", code: "ECONNREFUSED" });
	});

	it.each([
		["inbound", "from without", "peer", podAddress, 4143],
		["inbound", "at an address that redirects do not go to", "peer", second, 4143],
		["inbound", "meant for outbound connections", "peer", podAddress, 4140],
		["outbound", "from within", "pod", podAddress, 4140],
	] as const)(
		"a connection to the proxy's own port, %s %s, is refused",
		async (direction, _, who, address, port) => {
			expect(await world.connect(world[who], address, port, "x")).toEqual({ answer: "", how: "ECONNRESET" });
			expect(await world.closed()).toMatchObject({
				reason: "loop",
				direction,
				server: at(address, port),
				sent: 0,
			});
		},
	);
});

describe.each(families)("over %s", (family) => {
	const { any, pod: podAddress, peer: peerAddress } = addresses[family];

	it("a server that does not answer is given up", () =>
		withPodAndPeer(async (world) => {
			world.redirect("nft", family);
			const iptables = family === "ipv4" ? "iptables-nft" : "ip6tables-nft";
			world.peer.run(iptables, ["-A", "INPUT", "-p", "tcp", "--dport", "9090", "-j", "DROP"]);
			await world.startProxy("--connect-timeout", "300ms");
			expect(await world.connect(world.pod, peerAddress, 9090, "x")).toMatchObject({ how: "ECONNRESET" });
			expect(await world.closed()).toMatchObject({
				reason: "connect-timeout",
				server: at(peerAddress, 9090),
			});
		}));

	it("a proxy that the rules do not exempt notices its own connection and does not multiply", () =>
		withPodAndPeer(async (world) => {
			world.redirect("nft", family, "-m owner --uid-owner 999");
			const accepted = await world.serve(world.peer, any, 9090, "the server");
			const proxy = await world.startProxy();
			expect(await world.connect(world.pod, peerAddress, 9090, "x")).toEqual({
				answer: "",
				how: "ECONNRESET",
			});
			const closings = [await world.closed(), await world.closed()];
			expect(closings.map(({ reason }) => reason).sort()).toEqual(["loop", "server-reset"]);
			proxy.kill("SIGTERM");
			expect(await proxy.exit).toBe(0);
			expect(proxy.closed()).toHaveLength(2);
			expect(accepted).toEqual([{ listening: true }]);
		}));

	it("a connection that no rule has redirected has no original destination", () =>
		withPodAndPeer(async (world) => {
			await world.startProxy();
			expect(await world.connect(world.peer, podAddress, 4143, "x")).toMatchObject({ how: "ECONNRESET" });
			expect(await world.closed()).toMatchObject({ reason: "no-original-destination", code: "ENOENT" });
		}));
});

describe("a link-local address", () => {
	it.each(["link", "global"])("is reached in its zone from an address of %s scope", (scope) =>
		withPodAndPeer(async (world) => {
			const { pod, peer } = world;
			world.redirect("nft", "ipv6");
			const [podAddress, peerAddress] = [await linkLocal(pod), await linkLocal(peer)];
			const accepted = await world.serve(pod, "::", 8080, "the neighbour");
			await world.startProxy();
			const from = scope === "link" ? `${peerAddress}%eth0` : "fd77::1";
			expect(await world.connect(peer, `${podAddress}%eth0`, 8080, "x", from)).toEqual({
				answer: "the neighbour heard x",
				how: "end",
			});
			expect(accepted[1]).toMatchObject({ local: `${podAddress}%eth0` });
			expect(await world.closed()).toMatchObject({
				client: fromAnyPortOf(from),
				server: at(`${podAddress}%eth0`, 8080),
			});
		}),
	);
});

/** Until nobody else on the wire can have it, nothing may be bound to it. */
function linkLocal(netns: Netns): Promise<string> {
	return eventually(() => {
		const shown = netns.run("ip", ["-6", "address", "show", "dev", "eth0", "scope", "link", "-tentative"]);
		return /inet6 (fe80:[^/]+)/.exec(shown)?.[1];
	});
}
