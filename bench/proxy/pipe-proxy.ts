import { connect, createServer } from "node:net";
import { kernelOriginalDestination } from "../../src/linux/original-destination.ts";

/** What one writes first, for comparison: the same job with streams and nothing else. */
const originalDestination = kernelOriginalDestination();

const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (client) => {
	const { _handle } = client as unknown as { readonly _handle: { readonly fd: number } };
	const { address: host, port } = originalDestination(_handle.fd, "ipv4");
	const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
	client.on("error", () => upstream.destroy());
	upstream.on("error", () => client.destroy());
	upstream.on("connect", () => {
		client.pipe(upstream);
		upstream.pipe(client);
	});
});

server.listen({ port: Number(process.argv[2]), host: "0.0.0.0", backlog: 65_535 });
