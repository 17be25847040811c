import { describe, expect, it } from "vitest";
import { explained, explainedAsJson } from "./run.ts";

const folder = "test/explain/manifests";

/** Packet, what becomes of it, and what the sentence has to name as the reason. */
type Case = readonly [packet: string, fate: string, reason: string];

const cases: Readonly<Record<string, readonly Case[]>> = {
	"default.yaml": [
		["inbound 8080", "4143", "argument --incoming-proxy-port"],
		["inbound 4191", "pass", "argument --inbound-ports-to-ignore"],
		["inbound 4568", "pass", "argument --inbound-ports-to-ignore"],
		["outbound 10.0.0.5:443", "4140", "argument --outgoing-proxy-port"],
		["outbound 10.0.0.5:4567", "pass", "port 4567 are exempt (argument --outbound-ports-to-ignore)"],
		["outbound 10.0.0.5:443 --uid 2102", "pass", "uid 2102"],
		["outbound 127.0.0.1:443", "pass", "loopback"],
		["outbound [fd00::5]:443", "pass", "there are no rules for IPv6"],
		["outbound 10.0.0.5:53 --protocol udp", "pass", "only TCP is redirected, and this is UDP"],
	],
	"skip-ports.yaml": [
		["inbound 9090", "pass", "from annotation config.linkerd.io/skip-inbound-ports"],
		["inbound 7005", "pass", "ports 7000-7010"],
		["inbound 7011", "4143", "nothing exempts"],
		["inbound 8443 --from 10.97.1.1", "pass", "from 10.96.0.0/12"],
		["inbound 8443 --from fd00:10::1", "pass", "from fd00:10::/64"],
		["inbound 8443 --from fd00:11::1", "4143", "nothing exempts"],
		["outbound 10.97.1.1:8443", "4140", "nothing exempts"],
		["outbound 10.0.0.5:3306", "pass", "from annotation config.linkerd.io/skip-outbound-ports"],
		["outbound 10.0.0.5:3306 --uid 2102", "pass", "uid 2102"],
		["outbound 10.0.0.5:443 --gid 2102", "pass", "gid 2102"],
		["outbound [fd00::5]:443", "4140", "nothing exempts"],
	],
	"cni.yaml --object StatefulSet/cache": [
		["inbound 6380", "pass", "annotation config.linkerd.io/skip-inbound-ports"],
		["inbound 4190", "pass", "the proxy's control port: default of proxy.ports.control"],
		["inbound 6379", "4143", "default of proxy.ports.inbound"],
		["outbound 10.0.0.5:6379", "pass", "(annotation config.linkerd.io/skip-outbound-ports)"],
		["outbound 10.0.0.5:5432", "pass", "namespace annotation config.linkerd.io/skip-outbound-ports"],
		["outbound 10.0.0.5:4567", "4140", "default of proxy.ports.outbound"],
	],
	"cni.yaml --object cronjob/report": [
		["outbound 10.0.0.5:80", "pass", "annotation linkerd.io/inject: disabled"],
	],
};

describe.each(Object.entries(cases))("%s", (file, packets) => {
	it.each(packets)("%s → %s", async (packet, fate, reason) => {
		const [subject, ...more] = await explainedAsJson([
			"-f",
			...`${folder}/${file}`.split(" "),
			...packet.split(" "),
		]);
		expect(more).toEqual([]);
		expect(subject?.fate?.kind === "redirect" ? `${subject.fate.port}` : subject?.fate?.kind).toBe(fate);
		expect(subject?.sentence).toContain(reason);
		expect(subject?.rules?.filter(({ decides }) => decides).length).toBeLessThanOrEqual(1);
	});
});

describe("the whole policy", () => {
	it("of a default injection, with where each part was said", async () => {
		expect((await explained(["-f", `${folder}/default.yaml`])).stdout).toMatchInlineSnapshot(`
			"pod/web-7c9d6b7f4d-x2x5k (arguments of init container linkerd-init, mode nft)

			Inbound: connections that arrive in the pod
			  TCP over IPv4; IPv6 is left alone. The first line that fits decides.
			  to ports 4190, 4191, 4567, 4568  pass                     argument --inbound-ports-to-ignore
			  all others                       to the proxy, port 4143  argument --incoming-proxy-port

			Outbound: connections that the pod's processes make
			  TCP over IPv4; IPv6 is left alone. The first line that fits decides.
			  of uid 2102 (the proxy's own)  pass                     argument --proxy-uid
			  that leave through lo          pass                     always: what stays in the pod is not outbound
			  to ports 4567, 4568            pass                     argument --outbound-ports-to-ignore
			  all others                     to the proxy, port 4140  argument --outgoing-proxy-port
			"
		`);
	});

	it("of annotations, the namespace's among them, and of a pod that is left alone", async () => {
		expect((await explained(["-f", `${folder}/cni.yaml`])).stdout).toMatchInlineSnapshot(`
			"statefulset/cache (annotations)

			Inbound: connections that arrive in the pod
			  TCP over IPv4; IPv6 is left alone. The first line that fits decides.
			  to port 4190  pass                     the proxy's control port: default of proxy.ports.control
			  to port 4191  pass                     the proxy's admin port: default of proxy.ports.admin
			  to port 6380  pass                     annotation config.linkerd.io/skip-inbound-ports
			  all others    to the proxy, port 4143  default of proxy.ports.inbound

			Outbound: connections that the pod's processes make
			  TCP over IPv4; IPv6 is left alone. The first line that fits decides.
			  of uid 2102 (the proxy's own)  pass                     default of proxy.uid
			  that leave through lo          pass                     always: what stays in the pod is not outbound
			  to port 5432                   pass                     namespace annotation config.linkerd.io/skip-outbound-ports
			  to port 6379                   pass                     annotation config.linkerd.io/skip-outbound-ports
			  all others                     to the proxy, port 4140  default of proxy.ports.outbound

			Note: no container makes the rules: the node's CNI plugin does.
			Note: the CNI plugin has defaults of its own on each node; taken here are those of the values (--config), and a plugin of Linkerd's adds skip-inbound-ports to its list instead of replacing it.

			cronjob/report (annotations)

			Nothing is redirected
			  The pod is not redirected: annotation linkerd.io/inject: disabled says so.
			"
		`);
	});
});

it("assumes the application's own user, and says so", async () => {
	const [subject] = await explainedAsJson(["-f", `${folder}/default.yaml`, "outbound", "10.0.0.5:80"]);
	expect(subject?.sentence).toMatch(/^An outbound connection of uid 1000 /);
	expect(subject?.assumed).toContainEqual({
		field: "uid",
		value: "1000",
		because: "what the first container runs as",
	});
});
