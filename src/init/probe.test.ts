import { describe, expect, it } from "vitest";
import { createMemoryHost, type MemoryHost } from "../host/memory.ts";
import { runInit } from "./run-init.ts";

function probe(host: MemoryHost, ...argv: string[]) {
	const status = runInit(host, ["--probe", ...argv]);
	return { status, report: JSON.parse(host.output.join("")) };
}

const firstUserNamespace = "         0          0 4294967295\n";

function privilegedHost(): MemoryHost {
	const host = createMemoryHost({ mayUnshare: true });
	host.files.set("/proc/self/uid_map", firstUserNamespace);
	host.intercept("nft", ({ argv }) => ({
		outcome: { kind: "exited", code: 0 },
		stdout: argv.includes("--version") ? "nftables v1.0.6 (Lester Gooch #5)\n" : "",
		stderr: "",
	}));
	return host;
}

describe("shunt init --probe", () => {
	it("needs no other flag, and says of every mode whether it works", () => {
		const { status, report } = probe(privilegedHost());
		expect(status).toBe(0);
		expect(report).toMatchObject({
			mode: { asked: "legacy", served: true },
			families: ["ipv4", "ipv6"],
			dialects: { legacy: { ok: true }, nft: { ok: true }, plain: { ok: true }, nftables: { ok: true } },
			namespace: "new",
			left: [],
		});
		expect(report.tools.nft).toBe("nftables v1.0.6 (Lester Gooch #5)");
		expect(report.tools["iptables-legacy-restore"]).toContain("(legacy)");
	});

	it("says what it could not take back where it may have no namespace of its own", () => {
		const host = createMemoryHost();
		host.files.set("/proc/self/uid_map", firstUserNamespace);
		const { report } = probe(host, "--ipv6=false");
		expect(report.namespace).toBe("this");
		expect(report.left).toEqual([{ mode: "legacy", family: "ipv4" }]);
		const again = createMemoryHost();
		again.natTable("legacy", "ipv4");
		again.natTable("nft", "ipv4");
		expect(probe(again, "--ipv6=false").report.left).toEqual([]);
	});

	it("stays where it is in another user namespace, whose rights would count for more in a new one", () => {
		const host = createMemoryHost({ mayUnshare: true });
		host.files.set("/proc/self/uid_map", "0 1000 1\n");
		expect(probe(host).report.namespace).toBe("this");
	});

	it.each([
		["auto", 0],
		["nft", 0],
		["nftables", 69],
		["legacy", 69],
		["plain", 0],
	])("answers for mode %s with %i where only nft is installed", (mode, expected) => {
		const host = createMemoryHost();
		host.uninstall("iptables-legacy-restore");
		const { status, report } = probe(host, "--iptables-mode", mode);
		expect(status).toBe(expected);
		expect(report.mode).toEqual({ asked: mode, served: expected === 0 });
		expect(host.logged.join("\n").includes("modes that work here: nft, plain")).toBe(expected !== 0);
	});

	it("takes the mode from the older flags too", () => {
		const host = createMemoryHost();
		expect(probe(host, "--firewall-bin-path", "iptables-nft").report.mode.asked).toBe("nft");
	});

	it("is not done where a tool hangs, which is no word about the mode", () => {
		const host = createMemoryHost();
		host.intercept("iptables-legacy-restore", () => ({
			outcome: { kind: "timed-out" },
			stdout: "",
			stderr: "",
		}));
		const { status, report } = probe(host);
		expect(status).toBe(1);
		expect(report.dialects.legacy).toMatchObject({ ok: false, code: "no-answer" });
		expect(report.tools["iptables-legacy-restore"]).toBe(null);
	});

	it("refuses flags that say nothing to it, all at once, and tries nothing", () => {
		const host = createMemoryHost();
		const { status, report } = probe(host, "--simulate", "-p", "80", "--iptables-mode", "nftt");
		expect(status).toBe(64);
		expect(report.errors).toHaveLength(3);
		expect(report.errors.join()).toMatch(/--simulate.*--incoming-proxy-port.*"nftt" is not a mode/);
		expect(host.commands).toEqual([]);
	});

	it("is not what --probe=false asks for, nor a value that looks like it", () => {
		const host = createMemoryHost();
		expect(runInit(host, ["-p", "1", "-o", "2", "-u", "3", "--probe=false"])).toBe(0);
		expect(host.output).toEqual([]);
		expect(runInit(host, ["-p", "1", "-o", "2", "--netns", "--probe"])).toBe(64);
	});

	it("says where --netns leads nowhere", () => {
		expect(probe(createMemoryHost(), "--netns", "/nothing").status).toBe(64);
	});
});
