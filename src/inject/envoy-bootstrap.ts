import type { Family } from "../domain/family.ts";
import type { JsonObject } from "./json.ts";

/** What an Envoy needs to know to stand where the rules send connections. */
interface EnvoyPorts {
	readonly families: readonly Family[];
	readonly inbound: number;
	readonly outbound: number;
	/** Envoy's own admin server, which can also stop it: on the loopback interface alone. */
	readonly control: number;
	/** /ready, /live and /metrics, and nothing else of the admin server, for the kubelet and for Prometheus. */
	readonly admin: number;
}

/**
 * A static configuration (envoy.config.bootstrap.v3): on each redirect port a listener per family that learns where
 * a connection was going (SO_ORIGINAL_DST) and a cluster that connects there.
 */
export function envoyBootstrap(ports: EnvoyPorts): JsonObject {
	const listeners = ports.families.flatMap((family) => [
		redirectListener("inbound", family, ports.inbound),
		redirectListener("outbound", family, ports.outbound),
		adminListener(family, ports.admin),
	]);
	return {
		admin: { address: socketAddress("127.0.0.1", ports.control) },
		static_resources: {
			listeners,
			clusters: [
				originalDestination("inbound"),
				originalDestination("outbound"),
				blackhole,
				adminCluster(ports.control),
			],
		},
	};
}

type Direction = "inbound" | "outbound";

const anyAddress: Readonly<Record<Family, string>> = { ipv4: "0.0.0.0", ipv6: "::" };

function redirectListener(direction: Direction, family: Family, port: number): JsonObject {
	return {
		name: `${direction}-${family}`,
		address: socketAddress(anyAddress[family], port),
		listener_filters: [
			{
				name: "envoy.filters.listener.original_dst",
				typed_config: typed("envoy.extensions.filters.listener.original_dst.v3.OriginalDst"),
			},
		],
		filter_chains: [
			// A connection to the port itself was not redirected. Carrying it on would lead back here, for ever.
			{ filter_chain_match: { destination_port: port }, filters: [tcpProxy(direction, blackhole.name)] },
			{ filters: [tcpProxy(direction, direction)] },
		],
	};
}

function tcpProxy(direction: Direction, cluster: string): JsonObject {
	return {
		name: "envoy.filters.network.tcp_proxy",
		typed_config: {
			...typed("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy"),
			stat_prefix: direction,
			cluster,
			// Who put the proxy there must not notice: an idle connection is for the applications to end.
			idle_timeout: "0s",
		},
	};
}

function originalDestination(name: Direction): JsonObject {
	return {
		name,
		type: "ORIGINAL_DST",
		lb_policy: "CLUSTER_PROVIDED",
		connect_timeout: "10s",
		// The default of 1024 connections is meant for a server that is to be protected.
		circuit_breakers: { thresholds: [{ max_connections: 1_000_000, max_pending_requests: 1_000_000 }] },
	};
}

const blackhole = { name: "blackhole", type: "STATIC", connect_timeout: "1s" } as const;

function adminCluster(port: number): JsonObject {
	const address = socketAddress("127.0.0.1", port);
	return {
		name: "admin",
		type: "STATIC",
		connect_timeout: "1s",
		load_assignment: { cluster_name: "admin", endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
	};
}

function adminListener(family: Family, port: number): JsonObject {
	return {
		name: `admin-${family}`,
		address: socketAddress(anyAddress[family], port),
		filter_chains: [
			{
				filters: [
					{
						name: "envoy.filters.network.http_connection_manager",
						typed_config: {
							...typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
							stat_prefix: "admin",
							route_config: { name: "admin", virtual_hosts: [adminHost] },
							http_filters: [
								{
									name: "envoy.filters.http.router",
									typed_config: typed("envoy.extensions.filters.http.router.v3.Router"),
								},
							],
						},
					},
				],
			},
		],
	};
}

const adminHost: JsonObject = {
	name: "admin",
	domains: ["*"],
	routes: [
		{ match: { path: "/ready" }, route: { cluster: "admin" } },
		{ match: { path: "/live" }, direct_response: { status: 200, body: { inline_string: "live\n" } } },
		{ match: { path: "/metrics" }, route: { cluster: "admin", prefix_rewrite: "/stats/prometheus" } },
	],
};

function socketAddress(address: string, port: number): JsonObject {
	return { socket_address: { address, port_value: port } };
}

function typed(name: string): JsonObject {
	return { "@type": `type.googleapis.com/${name}` };
}
