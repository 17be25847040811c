import { describe, expect, it } from "vitest";
import { explained } from "./run.ts";

const rules = ["-p", "4143", "-o", "4140"];
const pod = JSON.stringify({
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name: "a" },
	spec: { containers: [{}] },
});
const withArgs = (args: unknown) =>
	JSON.stringify({
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "a" },
		spec: { initContainers: [{ name: "linkerd-init", args }], containers: [{}] },
	});

const files = {
	"pod.json": pod,
	"args.json": withArgs(["-p", "70000", "-o", "4140", "--outbound-ports-to-ignore", "80, abc"]),
	"numbers.json": withArgs([4143]),
	"service.json": JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "s" } }),
	"list.json": JSON.stringify({ apiVersion: "v1", kind: "List", items: [JSON.parse(pod), 7] }),
	"no-list.json": JSON.stringify({ apiVersion: "v1", kind: "PodList", items: 7 }),
	"annotated.json": pod.replace(
		'"name":"a"',
		'"name":"a","annotations":{"config.shunt.dev/skip-inbound-ports":"http","config.linkerd.io/proxy-uid":"0"}',
	),
	"template.json": JSON.stringify({
		apiVersion: "apps/v1",
		kind: "Deployment",
		metadata: { name: "d" },
		spec: {},
	}),
	"stamp.json": pod.replace('"name":"a"', '"name":"a","annotations":{"shunt.dev/redirect":"{}"}'),
	"two.json": pod.replace(
		'"spec":{',
		'"spec":{"initContainers":[{"name":"linkerd-init"},{"name":"shunt-init","args":["init"]}],',
	),
	"broken.yaml": "a: [",
	"values.yaml": "proxyInit: {ignoreInboundPorts: x}",
};

/** Arguments, and one line of the answer for each mistake: its source, and part of what is said. */
const mistakes: readonly (readonly [
	args: string,
	...lines: (readonly [source: string, complaint: string])[],
])[] = [
	["", ["arguments", "say no rules to explain"]],
	["-p 4143", ["--outgoing-proxy-port", "is required"]],
	["-p 4143 -o 4140 --netns /x", ["the flags of shunt init and --netns", "are different rules"]],
	["-f pod.json --live", ["--file and --live", "are different rules"]],
	["-p 4143 -o 4140 --object pod/a", ["--object", "is about manifests"]],
	["-p 4143 -o 4140 --config values.yaml", ["--config", "is about manifests"]],
	["-f pod.json --object a", ["--object", '"a" is not an object\'s name']],
	["-f pod.json --object pod/b", ["--object", '"pod/b" is not among the manifests (want one of pod/a)']],
	["-f missing.yaml", ["missing.yaml", "does not exist"]],
	["-f broken.yaml", ["broken.yaml:1", "is not YAML"]],
	["-f service.json", ["service.json", "makes no pods"]],
	["-f list.json", ["list/unnamed: items[1]", '"7" has the wrong form (want an object)']],
	["-f no-list.json", ["podlist/unnamed: items", '"7" has the wrong form (want a list)']],
	["-f pod.json --config values.yaml", ["values.yaml: proxyInit.ignoreInboundPorts", "is not a TCP port"]],
	[
		"-f two.json",
		["pod/a: init container linkerd-init: --incoming-proxy-port", "is required"],
		["pod/a: init container linkerd-init: --outgoing-proxy-port", "is required"],
		["pod/a: init container shunt-init: --incoming-proxy-port", "is required"],
		["pod/a: init container shunt-init: --outgoing-proxy-port", "is required"],
	],
	["-f template.json", ["deployment/d: pod", "has the wrong form"]],
	[
		"-f stamp.json",
		["pod/a: annotation shunt.dev/redirect inbound proxyPort", "is missing"],
		["pod/a: annotation shunt.dev/redirect outbound proxyPort", "is missing"],
	],
	["-f numbers.json", ["pod/a: init container linkerd-init: args", "has the wrong form"]],
	[
		"-f args.json",
		["pod/a: init container linkerd-init: --incoming-proxy-port", '"70000" is not a valid TCP port'],
		["pod/a: init container linkerd-init: --outbound-ports-to-ignore", '"abc" is not a TCP port'],
	],
	[
		"-f annotated.json",
		["pod/a: annotation config.shunt.dev/skip-inbound-ports", '"http" is not a TCP port'],
		["pod/a: annotation config.linkerd.io/proxy-uid", '"0" is not a valid user id'],
	],
	["--pid 0", ["--pid", '"0" is not a valid process id']],
	["--netns=", ["--netns", "has no value"]],
	["-p 4143 -o 4140 -o yaml", ["--outgoing-proxy-port", '"yaml" is not a valid TCP port']],
	["-p 4143 -o 4140 --output yaml", ["--output", '"yaml" is not known']],
	["-p 4143 -o 4140 -o json --html x", ["--output", "is given beside --html"]],
	["-p 4143 -o 4140 --nonsense", ["--nonsense", "is not a flag"]],
	["-p 4143 -o 4140 sideways", ["packet", '"sideways" is not understood']],
	["-p 4143 -o 4140 10.0.0.5:80 --port 81", ["packet", '"10.0.0.5:80" says the port a second time']],
	["-p 4143 -o 4140 inbound --uid 1 --gid 2", ["--uid", "says who sends it"], ["--gid", "says who sends it"]],
	[
		"-p 4143 -o 4140 --from 1.2.3 --to x --port 0 --protocol sctp --family ipv5 --direction up --uid -1 --gid x --interface a/b",
		["--direction", '"up" is not known'],
		["--protocol", '"sctp" is not known'],
		["--from", '"1.2.3" is not an address'],
		["--to", '"x" is not an address'],
		["--family", '"ipv5" is not known'],
		["--port", '"0" is not a valid TCP port'],
		["--uid", '"-1" is not a valid user id'],
		["--gid", '"x" is not a valid group id'],
		["--interface", '"a/b" is not an interface name'],
	],
	["-p 4143 -o 4140 --from 10.0.0.1 --to fd00::1", ["--to", "is not of the family that --from is of"]],
	["-p 4143 -o 4140 --family ipv6 --to 10.0.0.1", ["--family", "is not what the addresses are"]],
	["-p 4143 -o 4140 --protocol icmp --port 80", ["--port", "is a port, which icmp has not"]],
];

it.each(mistakes.map(([args, ...lines]) => [args, lines] as const))("%s", async (args, lines) => {
	const { status, stdout, stderr } = await explained(args.split(" ").filter(Boolean), { files });
	expect({ status, stdout }).toEqual({ status: 64, stdout: "" });
	const said = stderr.trimEnd().split("\n");
	expect(said).toHaveLength(lines.length);
	for (const [index, [source, complaint]] of lines.entries()) {
		expect(said[index]).toContain(`shunt explain: ${source}: `);
		expect(said[index]).toContain(complaint);
	}
});

describe("what is no mistake", () => {
	it.each([
		["-o json beside -o PORT", [...rules, "-o", "json", "outbound", "10.0.0.5:80"], /^\{\n/],
		["-o table", [...rules, "-o", "table"], /^these flags/],
		[
			"a whole command line of shunt init",
			[...rules, "--simulate", "-w", "--log-level", "warn"],
			/^these flags/,
		],
		["a port with a colon, and nothing else", [...rules, ":8080"], /outbound .*198\.51\.100\.7:8080/],
		["an address of IPv6 without brackets", [...rules, "fd00::1"], /\[fd00::1\]:80/],
	] as const)("%s", async (_, args, answer) => {
		const { status, stdout, stderr } = await explained(args);
		expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
		expect(stdout).toMatch(answer);
	});
});

it("prints its help for --help, whatever stands beside it", async () => {
	const { status, stdout } = await explained(["--nonsense", "--help"]);
	expect(status).toBe(0);
	expect(stdout).toContain("shunt explain -f pod.yaml");
});
