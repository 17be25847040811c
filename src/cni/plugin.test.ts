import { describe, expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import { HostError } from "../host/host.ts";
import { createMemoryHost, type MemoryHost, type MemoryHostOptions } from "../host/memory.ts";
import { runPlugin } from "./plugin.ts";
import { specVersions } from "./spec-version.ts";

const netns = "/run/netns/pod";
const stamp =
	'{"families":["ipv4"],"inbound":{"proxyPort":4143},"outbound":{"proxyPort":4140,"proxyUid":2102}}';
const capability = "io.kubernetes.cri.pod-annotations";
const entry = {
	cniVersion: "1.0.0",
	name: "pods",
	type: "shunt-cni",
	capabilities: { [capability]: true },
	shunt: { mode: "nft", logFile: "/run/shunt/cni.log" },
};
const stamped = { ...entry, runtimeConfig: { [capability]: { "shunt.dev/redirect": stamp } } };
const environment = {
	CNI_CONTAINERID: "c1",
	CNI_NETNS: netns,
	CNI_IFNAME: "eth0",
	CNI_PATH: "/opt/cni/bin",
	CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAME=web-0;K8S_POD_UID=u1;K8S_POD_NAMESPACE=shop",
};

interface Run extends MemoryHostOptions {
	readonly input?: unknown;
	readonly prepare?: (host: MemoryHost) => void;
	/** The host with something in it replaced. */
	readonly instead?: (host: MemoryHost) => Host;
}

function run(command: string | undefined, { input = entry, prepare, instead, ...options }: Run = {}) {
	const env = { ...environment, ...(command === undefined ? {} : { CNI_COMMAND: command }), ...options.env };
	const stdin = typeof input === "string" ? input : JSON.stringify(input);
	const host = createMemoryHost({ netnsPaths: [netns], mayUnshare: true, ...options, env, stdin });
	host.files.set("/proc/self/ns/net", "").set(netns, "");
	prepare?.(host);
	const status = runPlugin(instead?.(host) ?? host);
	const output = host.output.join("");
	return { host, status, output, answer: output === "" ? undefined : JSON.parse(output) };
}

const chain = (host: MemoryHost) =>
	host
		.natTable("nft", "ipv4")
		.save()
		.split("\n")
		.filter((line) => line.startsWith("-A"));

describe("ADD", () => {
	it("makes a stamped pod's rules in its namespace and hands the result on", () => {
		const prevResult = { cniVersion: "1.0.0", ips: [{ address: "10.1.0.5/16" }] };
		const { host, status, answer } = run("ADD", { input: { ...stamped, prevResult } });
		expect([status, answer, host.netns]).toEqual([0, prevResult, netns]);
		expect(chain(host).join("\n")).toContain("--to-ports 4143");
		expect(host.files.get("/run/shunt/cni.log")).toMatch(
			/^time="\S+" level=info msg="pod shop\/web-0: rules: ipv4 created \(mode nft\), in \d/,
		);
	});

	it("touches nothing of a pod that is not meshed, and does not even go there", () => {
		const { host, status, answer } = run("ADD", {
			input: { ...entry, runtimeConfig: { [capability]: null } },
		});
		expect([status, answer, host.netns, host.commands]).toEqual([0, { cniVersion: "1.0.0" }, undefined, []]);
	});

	it("asks for the annotations where the entry does not", () => {
		const { capabilities: _, ...without } = entry;
		expect(run("ADD", { input: without }).host.logged.join()).toContain(`\\"${capability}\\": true`);
	});

	it("takes the mode that the agent recorded, and tries no other", () => {
		const prepare = (host: MemoryHost) => {
			host.files.set("/run/shunt/node.json", '{"version":1,"mode":"legacy","namespaces":[]}');
		};
		const input = { ...stamped, shunt: {} };
		const recorded = run("ADD", { input, prepare });
		expect(recorded.host.commands.map((command) => command.split(" ")[0])).toEqual([
			"iptables-legacy-restore",
		]);
		expect(run("ADD", { input }).host.commands[0]).toMatch(/^iptables-nft-restore/);
	});

	it("says which dialects it tried, and what it removed of another's", () => {
		const prepare = (host: MemoryHost) => {
			host.uninstall("iptables-nft-restore");
			host.natTable("legacy", "ipv6").restore("*nat\n-N PROXY_INIT_REDIRECT\nCOMMIT\n");
		};
		const { status, host } = run("ADD", { input: { ...stamped, shunt: {} }, prepare });
		expect(status).toBe(0);
		expect(host.logged.join()).toMatch(
			/rules: ipv4 created \(mode legacy, after nft: .*iptables-nft-restore.*\), removed the ipv6 rules of an earlier run in mode legacy, in /,
		);
	});

	it("says what it would do, and does nothing, with simulate", () => {
		const linkerd = { "incoming-proxy-port": 1, "outgoing-proxy-port": 2, simulate: true };
		const { host, status } = run("ADD", { input: { ...stamped, linkerd } });
		expect([status, host.netns, host.commands]).toEqual([0, undefined, []]);
		expect(host.logged.join("\n")).toContain("--to-ports 4143");
	});

	it("waits for the agent where its record names the namespace, and then wants to be tried again", () => {
		const prepare = (host: MemoryHost) => {
			host.files.set("/run/shunt/node.json", '{"version":1,"namespaces":["shop"]}');
		};
		const { status, answer } = run("ADD", { input: entry, prepare });
		expect([status, answer]).toEqual([
			1,
			{
				cniVersion: "1.0.0",
				code: 11,
				msg: "pod shop/web-0: the agent has not said whether it is meshed",
				details: "/run/shunt/pods/shop_web-0.json is not there",
			},
		]);
	});

	it("fails a meshed pod alone where the configuration is wrong", () => {
		const wrong = { shunt: { mode: "best", policyWait: 1 } };
		const meshed = run("ADD", { input: { ...stamped, ...wrong } });
		expect(meshed.answer).toMatchObject({ code: 7, msg: "the configuration has 2 mistakes" });
		expect(meshed.answer.details).toContain('shunt.mode: "best" is not a mode');
		const other = run("ADD", { input: { ...entry, runtimeConfig: { [capability]: {} }, ...wrong } });
		expect([other.status, other.answer]).toEqual([0, { cniVersion: "1.0.0" }]);
		expect(other.host.logged.join()).toContain("is not meshed; one that is would fail");
	});

	it("names a key that it does not support, with its value", () => {
		const { answer } = run("ADD", { input: { ...stamped, shunt: { mod: "nft" } } });
		expect(answer).toMatchObject({
			code: 2,
			msg: 'the configuration: shunt.mod: "nft" is of a key that is not known (want mode)',
		});
	});

	it.each([
		["exited", 1, 100, "refused"],
		["timed-out", 0, 11, "gave no answer"],
	] as const)("says that nothing was changed where a tool %s with %i", (kind, code, expected, words) => {
		const prepare = (host: MemoryHost) => {
			for (const tool of ["iptables-nft-restore", "iptables-nft-save"]) {
				host.intercept(tool, () => ({
					outcome: kind === "exited" ? { kind, code } : { kind },
					stdout: "",
					stderr: "line 1 refused\n",
				}));
			}
		};
		const { status, answer } = run("ADD", { input: stamped, prepare });
		expect([status, answer.code]).toEqual([1, expected]);
		expect(answer.msg).toContain("the rules could not be made (mode nft)");
		expect(answer.msg).toContain(words);
		expect(answer.details).toContain("nothing was changed");
	});

	it("names the tool that is missing, and what to do", () => {
		const prepare = (host: MemoryHost) => {
			host.uninstall("iptables-nft-restore");
		};
		const { answer } = run("ADD", { input: stamped, prepare });
		expect(answer).toMatchObject({ code: 100, msg: expect.stringContaining("iptables-nft-restore") });
		expect(answer.details).toContain("binDir");
	});

	it("refuses a stamp that is wrong", () => {
		const runtimeConfig = { [capability]: { "shunt.dev/redirect": "{}" } };
		expect(run("ADD", { input: { ...entry, runtimeConfig } }).answer).toMatchObject({
			code: 102,
			msg: expect.stringMatching(/^pod shop\/web-0: annotation shunt\.dev\/redirect has \d mistakes$/),
		});
	});

	it("does not enter the namespace that it runs in, nor one that has gone", () => {
		const own = run("ADD", { input: stamped, env: { CNI_NETNS: "/proc/self/ns/net" } });
		expect(own.answer).toMatchObject({ code: 8, msg: expect.stringContaining("the plugin runs in") });
		const gone = run("ADD", { input: stamped, env: { CNI_NETNS: "/run/netns/gone" } });
		expect(gone.answer).toMatchObject({
			code: 8,
			msg: "CNI_NETNS: /run/netns/gone: no such file or directory",
		});
		expect([own.host.commands, gone.host.commands]).toEqual([[], []]);
	});

	it("goes on where its log cannot be written", () => {
		const instead = (host: MemoryHost) => ({
			...host,
			appendFile: (path: string) => {
				throw new HostError("not-permitted", `${path}: read-only file system`);
			},
		});
		const { status, host } = run("ADD", { input: stamped, instead });
		expect(status).toBe(0);
		expect(host.logged).toContain(
			"shunt-cni: the log file cannot be written: /run/shunt/cni.log: read-only file system",
		);
	});

	it("is an error object where it has a bug", () => {
		const instead = (host: MemoryHost) => ({
			...host,
			enterNetns: () => {
				throw new TypeError("x is not a function");
			},
		});
		const { status, answer } = run("ADD", { input: stamped, instead });
		expect([status, answer.code, answer.msg]).toEqual([
			1,
			999,
			"this is a bug of shunt-cni: x is not a function",
		]);
	});
});

describe("CHECK", () => {
	it("passes what ADD made, and says what has changed since", () => {
		const { host } = run("ADD", { input: stamped });
		const table = host.natTable("nft", "ipv4");
		const check = (change: string) => {
			const world = run("CHECK", {
				input: stamped,
				prepare: (fresh) => {
					fresh.natTable("nft", "ipv4").restore(
						`*nat\n${table
							.save()
							.split("\n")
							.filter((line) => /^(?::PROXY|-A)/.test(line))
							.join("\n")}\n${change}COMMIT\n`,
					);
				},
			});
			return [world.status, world.answer];
		};
		expect(check("")).toEqual([0, undefined]);
		expect(check("-F PROXY_INIT_OUTPUT\n")).toEqual([
			1,
			expect.objectContaining({
				code: 101,
				msg: expect.stringMatching(
					/^the rules are not as they should be \(mode nft\): ipv4: rule 1 of output is missing: /,
				),
			}),
		]);
	});

	it("has nothing to say of a pod that is left alone", () => {
		const { status, output, host } = run("CHECK", {
			input: { ...entry, runtimeConfig: { [capability]: {} } },
		});
		expect([status, output, host.commands]).toEqual([0, "", []]);
	});
});

describe("DEL", () => {
	it("takes the rules out, and again finds nothing", () => {
		const add = run("ADD", { input: stamped });
		const saved = add.host.natTable("nft", "ipv4").save();
		const { status, output, host } = run("DEL", {
			prepare: (fresh) => {
				fresh.natTable("nft", "ipv4").restore(saved);
			},
		});
		expect([status, output, chain(host)]).toEqual([0, "", []]);
	});

	it.each([
		["no namespace", { env: { CNI_NETNS: "" } }],
		["a namespace that has gone", { env: { CNI_NETNS: "/run/netns/gone" } }],
		["a configuration that is no JSON", { input: "{" }],
		["no configuration", { input: "" }],
		["a version that nobody knows", { input: { ...entry, cniVersion: "9.0.0" } }],
		["mistakes in the configuration", { input: { ...entry, shunt: [] } }],
	])("is done with %s", (_, options) => {
		const { status, output } = run("DEL", options);
		expect([status, output]).toEqual([0, ""]);
	});
});

describe("STATUS", () => {
	const list = { ...entry, cniVersion: "1.1.0" };

	it("is well where rules can be made", () => {
		const { status, output, host } = run("STATUS", { input: list });
		expect([status, output, host.netns]).toEqual([0, "", "new"]);
	});

	it("fails where no meshed pod could get its rules", () => {
		const prepare = (host: MemoryHost) => {
			host.uninstall("iptables-nft-restore");
		};
		expect(run("STATUS", { input: list, prepare }).answer).toMatchObject({
			cniVersion: "1.1.0",
			code: 50,
			msg: "no rules can be made on this node (mode nft)",
		});
		expect(run("STATUS", { input: { ...list, shunt: { mode: "best" } } }).answer).toMatchObject({ code: 50 });
	});

	it("is well where another dialect serves mode auto, where one family works, and where it cannot tell", () => {
		const without = (tool: string) => (host: MemoryHost) => {
			host.uninstall(tool);
		};
		const auto = { ...list, shunt: {} };
		expect(run("STATUS", { input: auto, prepare: without("iptables-nft-restore") }).status).toBe(0);
		const oneFamily = run("STATUS", { input: list, prepare: without("ip6tables-nft-restore") });
		expect(oneFamily.status).toBe(0);
		expect(oneFamily.host.logged.join()).toContain("rules cannot be made for every pod");
		const shut = run("STATUS", { input: list, mayUnshare: false });
		expect([shut.status, shut.host.logged.join()]).toEqual([0, expect.stringContaining("was not tried")]);
	});
});

describe("VERSION", () => {
	it("says a runtime's version back, which steers no terminal", () => {
		const input = { cniVersion: "\u009b31m\u202e2\n" };
		const { answer, output } = run("VERSION", { input });
		expect(answer).toMatchObject(input);
		expect(output).toContain("\\u009b31m\\u202e2\\n");
	});

	it.each([
		['{"cniVersion":"0.4.0"}', "0.4.0"],
		["", "1.1.0"],
		["[]", "1.1.0"],
	])("asked with %j answers with what it speaks", (input, cniVersion) => {
		expect(run("VERSION", { input, env: { CNI_CONTAINERID: "" } }).answer).toEqual({
			cniVersion,
			supportedVersions: [...specVersions],
		});
	});
});

describe("a call that is wrong", () => {
	it.each(["ADD", "CHECK"])("as %s without its variables has each of them named", (command) => {
		const env = { CNI_CONTAINERID: "", CNI_NETNS: "", CNI_IFNAME: "" };
		expect(run(command, { env }).answer).toMatchObject({
			code: 4,
			msg: `environment of ${command}: CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME are missing or invalid`,
		});
	});

	it("with variables that are no names has each of them named, with what they are", () => {
		const { answer } = run("ADD", { env: { CNI_CONTAINERID: "../x", CNI_IFNAME: "much-too-long-a-name" } });
		expect(answer.msg).toBe("environment of ADD: CNI_CONTAINERID, CNI_IFNAME are missing or invalid");
		expect(answer.details).toContain('CNI_CONTAINERID: "../x" is not valid');
	});

	it("as GC without CNI_PATH, which the specification wants there alone, is told so", () => {
		const input = { ...entry, cniVersion: "1.1.0" };
		expect(run("GC", { input, env: { CNI_PATH: "" } }).answer).toMatchObject({
			code: 4,
			msg: "environment of GC: CNI_PATH is missing or invalid",
		});
		expect(run("STATUS", { input, env: { CNI_PATH: "" } }).status).toBe(0);
	});

	it.each([
		[undefined, "CNI_COMMAND is missing"],
		["", "CNI_COMMAND is missing"],
		["add", 'CNI_COMMAND is "add", which is not known'],
		["REMOVE", 'CNI_COMMAND is "REMOVE", which is not known'],
	])("with command %j says so", (command, msg) => {
		expect(run(command).answer).toEqual({
			cniVersion: "1.1.0",
			code: 4,
			msg,
			details: "want one of ADD, DEL, CHECK, GC, STATUS, VERSION",
		});
	});

	it.each([
		["{", 6, "the network configuration is not JSON"],
		["", 6, "the network configuration is not JSON"],
		["[]", 6, "the network configuration is not an object"],
		['{"name":"x"}', 1, 'cniVersion: "0.1.0" is not a version that this plugin speaks'],
		['{"cniVersion":"2.0.0","name":"x"}', 1, 'cniVersion: "2.0.0" is not a version that this plugin speaks'],
		['{"cniVersion":"1.0.0"}', 7, "name: it is no network's name"],
		['{"cniVersion":"1.0.0","name":"-x"}', 7, 'name: "-x" is no network\'s name'],
		['{"cniVersion":"1.0.0","name":"x","prevResult":[]}', 6, "prevResult is not an object"],
		['{"cniVersion":"1.0.0","name":"x","runtimeConfig":7}', 6, "runtimeConfig is not an object"],
	])("with %s on standard input has code %i", (input, code, msg) => {
		const { status, answer } = run("ADD", { input });
		expect([status, answer.code]).toEqual([1, code]);
		expect(answer.msg).toContain(msg);
	});

	it.each([
		["CHECK", "0.3.1", true],
		["CHECK", "0.4.0", false],
		["GC", "1.0.0", true],
		["GC", "1.1.0", false],
		["STATUS", "1.0.0", true],
		["STATUS", "1.1.0", false],
	])("%s in a list of %s is of the wrong version: %s", (command, cniVersion, isWrong) => {
		const input = { ...entry, cniVersion, runtimeConfig: { [capability]: {} } };
		const { status, answer } = run(command, { input });
		expect([status, answer?.code]).toEqual(isWrong ? [1, 1] : [0, undefined]);
	});

	it("whose input cannot be read, or whose result is not taken, is an error", () => {
		const unread = (host: MemoryHost) => ({
			...host,
			stdin: () => {
				throw new HostError("failed", "standard input: input/output error");
			},
		});
		expect(run("ADD", { instead: unread }).answer).toMatchObject({ code: 5 });
		const shut = (host: MemoryHost) => ({
			...host,
			stdout: () => {
				throw new HostError("failed", "standard output: broken pipe");
			},
		});
		const { status, host, output } = run("VERSION", { instead: shut });
		expect([status, output]).toEqual([1, ""]);
		expect(host.logged).toEqual(["shunt-cni: standard output: broken pipe"]);
	});
});

it("tells a person what it is", () => {
	const host = createMemoryHost();
	expect(runPlugin(host, ["--version"])).toBe(0);
	expect(host.output.join("")).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
	expect([runPlugin(host, ["--help"]), runPlugin(host, ["--nonsense"])]).toEqual([0, 64]);
	expect(host.output.at(-1)).toContain("a CNI plugin for versions 0.3.0, 0.3.1");
	expect(host.logged).toEqual([expect.stringContaining("a CNI plugin for versions 0.3.0, 0.3.1")]);
});

it.each(["--version", "--help"])("tells no person who does not listen: %s", (word) => {
	const host = createMemoryHost();
	const stdout = () => {
		throw new HostError("failed", "standard output: no space left on device");
	};
	expect(runPlugin({ ...host, stdout }, [word])).toBe(1);
	expect(host.logged).toEqual(["shunt-cni: standard output: no space left on device"]);
});

describe("a number in what the plugins before came to", () => {
	it.each([
		...["9223372036854775807", "18446744073709551615", "-9007199254740993", "1.0", "1e400", "-0", "1E3"],
		...["0.1000000000000000055511151231257827", '"9223372036854775807"', '"#1.0"', '"\\u0023#,1.50"'],
	])("goes on as it is: %s", (number) => {
		const stdin = `{"cniVersion":"1.0.0","name":"n","type":"shunt-cni","prevResult":{"cniVersion":"1.0.0","ips":[],"x":[${number},7]}}`;
		const { status, output } = run("ADD", { input: stdin });
		const text = number.startsWith('"') ? JSON.stringify(JSON.parse(number)) : number;
		expect([status, output]).toEqual([0, `{"cniVersion":"1.0.0","ips":[],"x":[${text},7]}\n`]);
	});

	it("goes on in a list of another era too", () => {
		const stdin =
			'{"cniVersion":"0.4.0","name":"n","type":"shunt-cni","prevResult":{"cniVersion":"1.0.0","routes":[{"dst":"0.0.0.0/0","mtu":9007199254740993}]}}';
		const { output } = run("ADD", { input: stdin });
		expect(output).toBe('{"cniVersion":"0.4.0","routes":[{"dst":"0.0.0.0/0","mtu":9007199254740993}]}\n');
	});
});
