import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { endianness } from "node:os";
import { expect, it } from "vitest";
import { parseSocketTable, portsReachedFrom } from "./socket-table.ts";

/** As a little-endian machine shows them. */
const little = `  sl  local_address rem_address   st tx_queue rx_queue
   0: 0100007F:102C 02004E0A:C350 01 00000000:00000000
   1: B80D0120000000000000000002000000:01BB 0000000000000000FFFF000002004E0A:0050 01 00000000:00000000
`;

it.runIf(endianness() === "LE")("both families' ends are read, and IPv4's ends of IPv6 sockets", () => {
	expect(parseSocketTable(little)).toEqual([
		{ local: { address: "127.0.0.1", port: 4140 }, remote: { address: "10.78.0.2", port: 50_000 } },
		{ local: { address: "2001:db8::2", port: 443 }, remote: { address: "10.78.0.2", port: 80 } },
	]);
});

it.each([
	["127.0.0.1", "127.0.0.1"],
	["::1", "::1"],
	["::", "127.0.0.1"],
])("the other half of a connection to a listener on %s is found", async (host, target) => {
	const server = createServer().listen({ host, port: 0 });
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const client = connect(port, target);
	await once(client, "connect");
	const { address, port: own } = client.address() as AddressInfo;
	expect(portsReachedFrom({ address, port: own })).toEqual([port]);
	client.destroy();
	server.close();
});
