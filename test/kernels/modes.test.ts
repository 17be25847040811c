import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dialects } from "../../src/domain/mode.ts";
import { bootKernel, inMachine, kernels } from "../support/kernels.ts";
import type { Machine } from "../support/machine.ts";

const policy =
	"-p 4143 -o 4140 --proxy-uid 2102 --inbound-ports-to-ignore 4190,5000-5010 --outbound-ports-to-ignore 443";

/** Two namespaces with a cable between them, and somebody listening in each who says where the connection has come. */
const network = `
fresh
ip netns add peer
ip link add pod0 netns pod type veth peer name peer0 netns peer
for side in pod:1 peer:2; do
	inside="ip netns exec \${side%:*}"
	$inside ip link set lo up
	$inside ip link set "\${side%:*}0" up
	$inside ip address add "192.0.2.\${side#*:}/24" dev "\${side%:*}0"
	$inside ip address add "2001:db8::\${side#*:}/64" dev "\${side%:*}0" nodad
done
for port in 4140 4143 4190 8080; do pod nc -lk -p $port -e echo pod:$port & done
for port in 443 8080; do ip netns exec peer nc -lk -p $port -e echo peer:$port & done
sleep 1
`;

const connect = `
reached() { # AS NETNS ADDRESS PORT
	ip netns exec "$2" setuidgid "$1" timeout 5 nc "$3" "$4" </dev/null
}
`;

/** Who connects from where to what, and where that has to arrive with rules and without any. */
const connections = [
	{ from: "app pod", to: "peer 8080", arrives: "pod:4140", without: "peer:8080" },
	{ from: "proxy pod", to: "peer 8080", arrives: "peer:8080", without: "peer:8080" },
	{ from: "app pod", to: "peer 443", arrives: "peer:443", without: "peer:443" },
	{ from: "app pod", to: "lo 8080", arrives: "pod:8080", without: "pod:8080" },
	{ from: "app peer", to: "pod 8080", arrives: "pod:4143", without: "pod:8080" },
	{ from: "app peer", to: "pod 4190", arrives: "pod:4190", without: "pod:4190" },
] as const;

const addresses = {
	ipv4: { pod: "192.0.2.1", peer: "192.0.2.2", lo: "127.0.0.1" },
	ipv6: { pod: "2001:db8::1", peer: "2001:db8::2", lo: "::1" },
} as const;

const ways = dialects.flatMap((dialect) => ["kernel", "tools"].map((via) => ({ dialect, via })));

/** Of which the distribution's own programs alone know what they speak. */
const possible = ways.filter(({ dialect, via }) => dialect !== "plain" || via === "tools");

describe.each(kernels)("Linux %s", (series) => {
	let machine: Machine;

	beforeAll(async () => {
		machine = await bootKernel(series);
	});

	afterAll(() => machine?.[Symbol.asyncDispose]());

	const inPod = (command: string) => inMachine(machine, `pod ${command}`);
	const arrivals = async (): Promise<string[]> => {
		const lines = Object.values(addresses).flatMap((address) =>
			connections.map(({ from, to }) => {
				const [name = "lo", port] = to.split(" ");
				return `reached ${from} ${address[name as keyof typeof address]} ${port}`;
			}),
		);
		const { stdout } = await inMachine(machine, `${connect}${lines.join(" || echo nobody\n")}`);
		return stdout.trim().split("\n");
	};

	it("boots with nothing loaded, and mode auto has the kernel load what it needs", async () => {
		const { stdout } = await inMachine(machine, "lsmod | tail -n +2; uname -r");
		expect(stdout).toMatch(new RegExp(`^${series.replace(".", "\\.")}\\.`));
		const { status, stderr } = await inMachine(
			machine,
			`fresh && pod shunt init ${policy} --iptables-mode auto`,
		);
		expect(stderr).toContain("mode auto: nft: chosen");
		expect(status).toBe(0);
	});

	it("serves every mode, says --probe", async () => {
		const { stdout, status } = await inMachine(machine, "fresh && pod shunt init --probe");
		expect(status).toBe(0);
		const works = { ok: true };
		expect(JSON.parse(stdout)).toMatchObject({
			mode: { served: true },
			dialects: { legacy: works, nft: works, plain: works, nftables: works },
			left: [],
		});
	});

	describe.each(possible)("mode $dialect by $via", ({ dialect, via }) => {
		const init = () => inPod(`shunt init ${policy} --iptables-mode ${dialect} --transport ${via}`);

		beforeAll(async () => {
			const { stderr, status } = await inMachine(machine, `unload\n${network}`);
			expect(stderr).toBe("");
			expect(status).toBe(0);
		});

		afterAll(() =>
			inMachine(machine, "ip netns pids pod | xargs -r kill; ip netns pids peer | xargs -r kill; unload"),
		);

		it("makes the rules", async () => {
			const { status, stderr } = await init();
			expect(stderr).toContain(`rules applied in one transaction (mode ${dialect}, via ${via})`);
			expect(status).toBe(0);
		});

		it("finds them again", async () => {
			const { status, stderr } = await init();
			expect(stderr).toContain("rules already in place, nothing changed");
			expect(status).toBe(0);
			expect((await inPod("shunt status")).stdout).toMatch(/in sync/);
		});

		it("leads every connection where it should go", async () => {
			const wanted = connections.map(({ arrives }) => arrives);
			expect(await arrivals()).toEqual([...wanted, ...wanted]);
		});

		it("takes them out again", async () => {
			expect((await inPod("shunt clean")).status).toBe(0);
			expect((await inPod("shunt status")).stdout).toContain("no rules of ours");
			const wanted = connections.map(({ without }) => without);
			expect(await arrivals()).toEqual([...wanted, ...wanted]);
		});
	});
});
