import { writeFileSync } from "node:fs";
import { dumpConnections } from "../../src/wire/conntrack.ts";
import { dumpSockets } from "../../src/wire/sock-diag.ts";
import { ConnectionHolder } from "../support/connection-holder.ts";
import { insideNetns } from "../support/inside-netns.ts";
import { runShunt } from "../support/programs.ts";
import { withPodAndPeer } from "../support/proxy-pod.ts";
import { toHex } from "../support/replayed-netlink.ts";

/** `npx tsx test/recorder/record-connections.ts`, as root: what the kernel tells of a pod with connections of every kind. */
await withPodAndPeer(async ({ pod, peer }) => {
	const holders: ConnectionHolder[] = [];
	const start = async (...settings: Parameters<typeof ConnectionHolder.start>) => {
		const holder = await ConnectionHolder.start(...settings);
		holders.push(holder);
		return holder;
	};
	try {
		await start(peer, { ports: [9090, 9191] });
		await start(pod, { ports: [4140, 8080], user: 2102 });
		const early = await start(pod, { user: 1000 });
		await early.connect("10.77.0.1", 9191);
		const policy = ["-p", "4143", "-o", "4140", "--proxy-uid", "2102", "--iptables-mode", "nft"];
		const skips = ["--outbound-ports-to-ignore", "9191", "--inbound-ports-to-ignore", "8080"];
		runShunt(["init", ...policy, ...skips, "--netns", pod.path]);
		// Tracked from the middle on.
		await early.say("x");
		const client = await start(pod, { user: 1001 });
		await client.connect("10.77.0.1", 9090, 2);
		await client.connect("fd77::1", 9090, 2);
		await client.connect("fd77::1", 9191);
		await client.connect("127.0.0.1", 8080);
		const caller = await start(peer);
		await caller.connect("10.77.0.2", 8080);
		const send = 'const s=require("dgram").createSocket("udp4");s.send("x",9999,"10.77.0.1",()=>s.close())';
		pod.run(process.execPath, ["-e", send]);
		const fetched = 'const s=require("net").connect(9191,"10.77.0.1",()=>s.end());s.on("close",()=>{})';
		pod.try(process.execPath, ["-e", fetched], { timeout: 1000 });
		const recorded = insideNetns(pod, (host) => {
			const asked = {
				connections: host.netlink(dumpConnections("little")),
				sockets4: host.netlink(dumpSockets("ipv4", "little"), "sock-diag"),
				sockets6: host.netlink(dumpSockets("ipv6", "little"), "sock-diag"),
			};
			return Object.fromEntries(
				Object.entries(asked).map(([name, answer]) => [name, "name" in answer ? [] : answer.map(toHex)]),
			);
		});
		writeFileSync("test/vectors/wire/connections.json", `${JSON.stringify(recorded, null, "\t")}\n`);
	} finally {
		await Promise.all(holders.map((holder) => holder.stop()));
	}
});
