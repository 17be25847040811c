import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kindsOfConnections, seenIn } from "../support/connections-run.ts";
import { bootKernel, inMachine, kernels, possibleWays } from "../support/kernels.ts";
import type { Machine } from "../support/machine.ts";

const policy =
	"-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,4191 --outbound-ports-to-ignore 443";

/** A pod with an application and the proxy, and another machine, with a wire between them. */
const world = `
fresh; ip netns add peer; ip -n peer link set lo up
ip -n pod link add eth0 type veth peer name eth0 netns peer
for side in "pod 2" "peer 1"; do
	set -- $side
	ip -n "$1" address add "10.77.0.$2/24" dev eth0
	ip -n "$1" address add "fd77::$2/64" nodad dev eth0
	ip -n "$1" link set eth0 up
done
serve() { # NETNS USER PORT
	printf '#!/bin/sh\\nprintf "%s "\\nread -r line\\necho "heard $line"\\n' "$1:$3" >"/tmp/serve-$3"
	chmod 755 "/tmp/serve-$3"
	ip netns exec "$1" su "$2" -c "exec nc -ll -p $3 -e /tmp/serve-$3" </dev/null >/dev/null 2>&1 &
}
serve pod app 8080; serve pod app 4190; serve peer root 9090; serve peer root 443
ip netns exec pod su proxy -c "exec node /opt/shunt/bin/shunt proxy --log-format json --log-level debug" </dev/null >/tmp/proxy 2>&1 &
for moment in $(seq 300); do
	grep -q '"msg":"ready"' /tmp/proxy && exit
	sleep 0.2
done
cat /tmp/proxy >&2; exit 1
`;

/** Words for those who connect; `closings` waits until the proxy has told of so many since `mark`. */
const clients = `
ask() { # NETNS USER ADDRESS PORT
	ip netns exec "$1" su "$2" -c "echo $2 | nc -w 20 $3 $4" 2>&1 || echo "no answer"
}
hold() { # NETNS USER ADDRESS PORT
	ip netns exec "$1" su "$2" -c "sleep 10000 | nc $3 $4" </dev/null >"$(mktemp /tmp/held-XXXXXX)" 2>&1 &
}
told() { grep -c '"msg":"connection closed"' /tmp/proxy; }
mark() { told >/tmp/mark; }
closings() {
	for moment in $(seq 50); do
		[ "$(told)" -lt "$(($(cat /tmp/mark) + $1))" ] || break
		sleep 0.2
	done
	grep '"msg":"connection closed"' /tmp/proxy | tail -n "+$(($(cat /tmp/mark) + 1))"
}
`;

/** Who asks whom, who answers, and what the proxy knows of it, if it went there. */
const asked = [
	["pod app 10.77.0.1 9090", "peer:9090 heard app", "outbound 10.77.0.1:9090"],
	["pod app fd77::1 9090", "peer:9090 heard app", "outbound [fd77::1]:9090"],
	["peer root 10.77.0.2 8080", "pod:8080 heard root", "inbound 10.77.0.2:8080"],
	["peer root fd77::2 8080", "pod:8080 heard root", "inbound [fd77::2]:8080"],
	// Past the proxy: what it asks for itself, ports to ignore, and what stays in the pod.
	["pod proxy 10.77.0.1 9090", "peer:9090 heard proxy", undefined],
	["pod app fd77::1 443", "peer:443 heard app", undefined],
	["peer root 10.77.0.2 4190", "pod:4190 heard root", undefined],
	["pod app 127.0.0.1 8080", "pod:8080 heard app", undefined],
] as const;

/** More is held than asked, so that no two kinds are as many as each other by chance. */
const held = [
	...Array<string>(3).fill("pod app 10.77.0.1 9090"),
	...Array<string>(2).fill("pod app fd77::1 9090"),
	...[
		"pod app 10.77.0.1 443",
		"peer root 10.77.0.2 8080",
		"peer root fd77::2 8080",
		"peer root fd77::2 4190",
	],
];

/** And how `shunt connections` tells of them: the proxy goes on by connections of its own. */
const heldKinds = {
	"ipv4 outbound to 9090, proxy:4140, whole, as now by redirect-all-outgoing-to-proxy-port": 3,
	"ipv6 outbound to 9090, proxy:4140, whole, as now by redirect-all-outgoing-to-proxy-port": 2,
	"ipv4 outbound to 9090, past-proxy, whole, as now by ignore-proxy-user-id": 3,
	"ipv6 outbound to 9090, past-proxy, whole, as now by ignore-proxy-user-id": 2,
	"ipv4 outbound to 443, past-proxy, whole, as now by ignore-port": 1,
	"ipv4 inbound to 8080, proxy:4143, whole, as now by redirect-all-incoming-to-proxy-port": 1,
	"ipv6 inbound to 8080, proxy:4143, whole, as now by redirect-all-incoming-to-proxy-port": 1,
	"ipv4 outbound to 8080, past-proxy, whole, as now by ignore-proxy-user-id": 1,
	"ipv6 outbound to 8080, past-proxy, whole, as now by ignore-proxy-user-id": 1,
	"ipv6 inbound to 4190, past-proxy, whole, as now by ignore-port": 1,
};

/** What their sockets tell of them: where both are here, where they went; of others nobody knows that. */
const heldKindsOfSockets = {
	"ipv4 outbound to 9090, proxy:4140, unread, as now by redirect-all-outgoing-to-proxy-port": 3,
	"ipv6 outbound to 9090, proxy:4140, unread, as now by redirect-all-outgoing-to-proxy-port": 2,
	"ipv4 outbound to 9090, unknown, unread, unknown by ignore-proxy-user-id": 3,
	"ipv6 outbound to 9090, unknown, unread, unknown by ignore-proxy-user-id": 2,
	"ipv4 outbound to 443, unknown, unread, unknown by ignore-port": 1,
	"ipv4 inbound to 4143, unknown, unread, unknown by redirect-all-incoming-to-proxy-port": 1,
	"ipv6 inbound to 4143, unknown, unread, unknown by redirect-all-incoming-to-proxy-port": 1,
	"ipv4 outbound to 8080, past-proxy, unread, as now by ignore-proxy-user-id": 1,
	"ipv6 outbound to 8080, past-proxy, unread, as now by ignore-proxy-user-id": 1,
	"ipv6 inbound to 4190, unknown, unread, unknown by ignore-port": 1,
};

describe.each(kernels)("Linux %s", (series) => {
	let machine: Machine;

	beforeAll(async () => {
		machine = await bootKernel(series, { withNode: true });
		const { status, stderr } = await inMachine(machine, world);
		expect(status, stderr).toBe(0);
	});

	afterAll(() => machine?.[Symbol.asyncDispose]());

	async function make(mode: string, via: string): Promise<void> {
		// The kernel loads everything by itself but this, which iptables-legacy does.
		const load = mode === "legacy" ? "modprobe -a iptable_nat ip6table_nat && " : "";
		const init = `pod shunt init ${policy} --iptables-mode ${mode} --transport ${via}`;
		const { status, stderr } = await inMachine(machine, `pod shunt clean && ${load}${init}`);
		expect(status, stderr).toBe(0);
	}

	it.each(possibleWays)(
		"connections reach whom they were meant for, through the proxy or past it, in mode $dialect by $via",
		async ({ dialect, via }) => {
			await make(dialect, via);
			const questions = asked.map(([words]) => `ask ${words}`);
			const answers = await inMachine(machine, `${clients}mark\n${questions.join("\n")}`);
			expect(answers.stdout.trim().split("\n")).toEqual(asked.map(([, answer]) => answer));
			const proxied = asked.flatMap(([, , connection]) => connection ?? []);
			const { stdout } = await inMachine(machine, `${clients}closings ${proxied.length}`);
			const told = stdout
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line));
			expect(told.map(({ direction, server }) => `${direction} ${server}`)).toEqual(proxied);
			expect(told.map(({ reason }) => reason)).toEqual(proxied.map(() => "closed"));
		},
	);

	it("connections go past the proxy again once the rules are out", async () => {
		const ask = "ask pod app 10.77.0.1 9090; ask peer root fd77::2 8080";
		const { stdout } = await inMachine(machine, `${clients}pod shunt clean; mark; ${ask}; closings 0`);
		expect(stdout.trim().split("\n")).toEqual(["peer:9090 heard app", "pod:8080 heard root"]);
	});

	describe.each(["legacy", "nftables", "nft"])("shunt connections, of those made in mode %s", (mode) => {
		const see = (args = "") => inMachine(machine, `pod node /opt/shunt/bin/shunt connections ${args}`);

		beforeAll(async () => {
			await make(mode, "auto");
			const { status } = await inMachine(
				machine,
				`${clients}rm -f /tmp/held-*
				${held.map((words) => `hold ${words}`).join("\n")}
				for moment in $(seq 100); do
					[ "$(find /tmp/held-* -size +0 | wc -l)" = ${held.length} ] && exit
					sleep 0.2
				done
				exit 1`,
			);
			expect(status).toBe(0);
		});

		// Whoever reads their standard input sees its end, and so on to the servers.
		afterAll(() => inMachine(machine, `${clients}mark; killall sleep; closings 7`));

		it("tells each, where it went, by which rule and whose it is", async () => {
			const { status, stdout, stderr } = await see("--output json");
			expect(status, stderr).toBe(0);
			const { connections, notRead } = seenIn(stdout, stderr);
			expect(notRead).toEqual([]);
			expect(kindsOfConnections(connections)).toEqual(heldKinds);
			const clientsOwn = connections.filter(({ direction, via, to }) => isOfApplication(direction, via, to));
			expect(clientsOwn).toHaveLength(6);
			for (const { owner } of clientsOwn) {
				expect(owner).toMatchObject({ uid: 1000, process: { command: "nc" } });
			}
		});

		// What connections are read from is the same in every mode.
		if (mode !== "nft") {
			return;
		}

		it("says what it cannot tell, and why, where nf_conntrack_netlink is missing", async () => {
			const hidden = await inMachine(machine, "take_away nf_conntrack_netlink");
			expect(hidden).toMatchObject({ status: 0, stderr: "" });
			try {
				const { status, stdout, stderr } = await see("--output json");
				expect(status, stderr).toBe(1);
				const { connections, notRead } = seenIn(stdout, stderr);
				expect(notRead).toMatchObject([
					{ what: "tracked connections", why: expect.stringContaining("modprobe nf_conntrack_netlink") },
				]);
				expect(kindsOfConnections(connections)).toEqual(heldKindsOfSockets);
				const text = (await see()).stdout.replaceAll(/\s+/g, " ");
				expect(text).toMatch(/Not read: tracked connections: .*modprobe nf_conntrack_netlink on the node/);
				expect(text).toContain("where they went is not known; by the present rules they would go");
				expect(text).not.toContain("what the present rules would do is not known");
			} finally {
				await inMachine(machine, "show");
			}
		});

		it("tells the same without tcp_diag, from proc", async () => {
			const hidden = await inMachine(machine, "take_away tcp_diag");
			expect(hidden).toMatchObject({ status: 0, stderr: "" });
			try {
				const { status, stdout, stderr } = await see("--output json");
				expect(status, stderr).toBe(0);
				expect(kindsOfConnections(seenIn(stdout, stderr).connections)).toEqual(heldKinds);
			} finally {
				await inMachine(machine, "show");
			}
		});
	});
});

function isOfApplication(direction: string, via: string, to: string): boolean {
	return direction === "outbound" && (via === "proxy" || to.endsWith(":443"));
}
