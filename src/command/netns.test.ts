import { describe, expect, it } from "vitest";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { runClean } from "../init/clean.ts";
import { runInit } from "../init/run-init.ts";

const ports = ["-p", "4143", "-o", "4140"];
const initialOnly = "/proc/sys/net/core/netdev_max_backlog";

describe("the machine's initial network namespace", () => {
	it("is refused without a word, and nothing is run", () => {
		const host = inInitialNetns();
		expect(runInit(host, ports)).toBe(64);
		expect(host.logged[0]).toMatch(/initial network namespace.*--host-network/);
		expect(host.commands).toEqual([]);
	});

	it("is refused where --netns leads there", () => {
		const host = inInitialNetns();
		expect(runInit(host, [...ports, "--netns", "/proc/1/ns/net"])).toBe(64);
		expect(host.logged[0]).toContain('--netns "/proc/1/ns/net" is the machine\'s initial');
	});

	it.each([
		["with --host-network", ["--host-network"], {}],
		["for --simulate", ["--simulate"], {}],
		[
			"in a sandbox that is a machine of its own",
			[],
			{ "/proc/self/mountinfo": "1 2 0:9 /x /y rw - virtiofs kataShared rw\n" },
		],
	])("is worked in %s", (_, flags, files) => {
		const host = inInitialNetns(files);
		expect(runInit(host, [...ports, ...flags])).toBe(0);
	});

	it("is no matter to clean", () => {
		expect(runClean(inInitialNetns(), [])).toBe(0);
	});
});

describe("an empty --netns", () => {
	it.each([
		["init", (host: MemoryHost) => runInit(host, [...ports, "--netns", ""])],
		["clean", (host: MemoryHost) => runClean(host, ["--netns="])],
	])("is a mistake in %s", (_, run) => {
		const host = createMemoryHost();
		expect(run(host)).toBe(64);
		expect(host.logged[0]).toContain('--netns: "" is empty');
		expect(host.commands).toEqual([]);
	});
});

it("says in one line that nothing changed, and lists the rules at level debug", () => {
	const host = createMemoryHost();
	runInit(host, ports);
	expect(host.logged.join("\n")).toContain("-A PROXY_INIT_OUTPUT");
	const before = host.logged.length;
	runInit(host, ports);
	expect(host.logged.slice(before).join("\n")).not.toContain("-A PROXY_INIT_OUTPUT");
	runInit(host, [...ports, "--log-level", "debug"]);
	expect(host.logged.join("\n")).toMatch(/level=debug msg="ipv4: -A PROXY_INIT_OUTPUT/);
});

describe("since Linux 6.18 the initial network namespace is known by its number", () => {
	const at = (release: string, number: number | undefined, files: readonly string[] = []) => {
		const host = createMemoryHost({ kernelRelease: release });
		for (const path of files) {
			host.files.set(path, "");
		}
		const ownNetns = () => (number === undefined ? undefined : `4:${number}`);
		return runInit({ ...host, ownNetns }, ports);
	};

	it.each([
		["6.18.0", 0xeffffff9, 64],
		["6.18.44-cloud-amd64", 0xeffffff9, 64],
		["7.2.0-rc1", 0xeffffff9, 64],
		["6.18.0", 0xf0000098, 0],
		["10.0.1", 0xf0000098, 0],
	])("%s, number %i: exit status %i", (release, inode, status) => {
		expect(at(release, inode)).toBe(status);
	});

	it("and by its settings where that is not shown", () => {
		expect(at("6.18.0", undefined, [initialOnly])).toBe(64);
		expect(at("6.18.0", undefined)).toBe(0);
	});

	it.each(["6.17.9", "5.10.0", "4.18.0-553.el8.x86_64"])("and before by its settings: %s", (release) => {
		expect(at(release, 0xf0000098, [initialOnly])).toBe(64);
		expect(at(release, 0xf0000098)).toBe(0);
	});
});

function inInitialNetns(files: Readonly<Record<string, string>> = {}): MemoryHost {
	const host = createMemoryHost({ netnsPaths: ["/proc/1/ns/net"] });
	for (const [path, text] of Object.entries({ ...files, [initialOnly]: "1000\n" })) {
		host.files.set(path, text);
	}
	return host;
}
