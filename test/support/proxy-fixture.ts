import type { Socket } from "node:net";
import type { Direction } from "../../src/domain/endpoint.ts";
import type { Family } from "../../src/domain/family.ts";
import type { OriginalDestination } from "../../src/linux/original-destination.ts";
import { type ProxySettings, TransparentProxy } from "../../src/proxy/transparent-proxy.ts";
import { createLog } from "../../src/serving/log.ts";
import { dial, eventually, openPeer, type Peer } from "./proxy-sockets.ts";

/** A proxy on the loopback interface in front of one server, with the kernel's answer made up. */
export class Fixture {
	readonly proxy: TransparentProxy;
	readonly peer: Peer;
	/** What the log holds so far. */
	readonly lines: Record<string, unknown>[] = [];
	/** Where connections were going. To the peer, unless a test says something else. */
	destination: OriginalDestination;
	readonly #opened: Socket[] = [];
	#asked = 0;

	constructor(peer: Peer, settings: Partial<ProxySettings>) {
		this.peer = peer;
		this.destination = () => ({ address: "127.0.0.1", port: peer.port });
		const output = { write: (line: string) => this.lines.push(JSON.parse(line)) };
		this.proxy = new TransparentProxy(
			{ ...defaults, ...settings },
			(...question) => this.destination(...question),
			createLog({ logLevel: "debug", logFormat: "json" }, output),
		);
	}

	port(direction: Direction = "outbound", family: Family = "ipv4"): number {
		return this.proxy.portOf(direction, family) ?? 0;
	}

	async connect(direction?: Direction): Promise<Socket> {
		const socket = await dial(this.port(direction));
		this.#opened.push(socket);
		return socket;
	}

	/** A client and its server, joined by the proxy. */
	async pair(): Promise<{ readonly client: Socket; readonly server: Socket }> {
		const [client, server] = await Promise.all([this.connect(), this.peer.next()]);
		return { client, server };
	}

	/** The line of the next connection that is over. */
	async closed(): Promise<Record<string, unknown>> {
		const line = await eventually(
			() => this.lines.filter(({ msg }) => msg === "connection closed")[this.#asked],
		);
		this.#asked++;
		return line;
	}

	/** As in `connections_total{direction="inbound"}`. */
	async metric(sample: string): Promise<number> {
		return sampleOf(await this.proxy.metrics.render(), sample);
	}

	async close(): Promise<void> {
		for (const socket of this.#opened) {
			socket.destroy();
		}
		this.peer.close();
		await this.proxy.drain(0);
	}
}

const defaults: ProxySettings = {
	ports: { inbound: 0, outbound: 0 },
	families: ["ipv4"],
	connectTimeoutMs: 30_000,
	idleTimeoutMs: 0,
	maxConnections: 10_000,
};

/** Everything that is opened here is closed again when `use` is over, however it ends. */
export async function withProxy(
	settings: Partial<ProxySettings>,
	use: (fixture: Fixture) => Promise<void>,
): Promise<void> {
	const fixture = new Fixture(await openPeer(), settings);
	try {
		await fixture.proxy.start();
		await use(fixture);
	} finally {
		await fixture.close();
	}
}

export function sampleOf(metrics: string, sample: string): number {
	const line = metrics.split("\n").find((each) => each.startsWith(`shunt_proxy_${sample} `));
	return Number(line?.split(" ")[1]);
}
