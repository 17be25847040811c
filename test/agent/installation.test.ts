import {
	chmodSync,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Installation } from "../../src/agent/installation.ts";
import type { Wish } from "../../src/agent/plan-folder.ts";
import { pluginEntry } from "../../src/agent/plugin-entry.ts";
import { bridgeList, NodeFolders } from "./support/node-folders.ts";

let folders: NodeFolders;
const open: Installation[] = [];

beforeEach(() => {
	folders = new NodeFolders();
});

afterEach(() => {
	for (const installation of open.splice(0)) {
		installation.release();
	}
	folders.remove();
});

function installation(more: Partial<Wish> = {}, timing = {}): Installation {
	const wish: Wish = {
		entry: pluginEntry({ log_level: "info" }),
		...({ runtime: "containerd", maxConfNum: 1, network: undefined, linkerdCni: "refuse" } as const),
		...more,
	};
	const made = new Installation(folders, wish, timing);
	open.push(made);
	return made;
}

const complete = { obstacles: [], program: true, file: "10-a.conflist" };

describe("an installation", () => {
	it("puts the program and the entry in place, and does no more the next time", () => {
		folders.write("10-a.conflist", bridgeList, 0o600);
		const one = installation();
		expect(one.install()).toEqual({
			...complete,
			changes: [`installed ${folders.installedProgram}`, "wrote 10-a.conflist"],
		});
		expect(folders.plugins("10-a.conflist")).toEqual(["bridge", "portmap", "shunt-cni"]);
		expect(folders.read("10-a.conflist")).toContain('"x-unknown": 12345678901234567890,');
		expect(statSync(join(folders.netDir, "10-a.conflist")).mode & 0o7777).toBe(0o600);
		expect(statSync(folders.installedProgram).mode & 0o7777).toBe(0o755);
		const inode = statSync(join(folders.netDir, "10-a.conflist")).ino;
		expect(one.install()).toEqual({ ...complete, changes: [] });
		expect(statSync(join(folders.netDir, "10-a.conflist")).ino).toBe(inode);
	});

	it("mends a program of another version, of another mode, and none", () => {
		folders.write("10-a.conflist", bridgeList);
		const one = installation();
		one.install();
		for (const spoil of [
			() => writeFileSync(folders.installedProgram, "another"),
			() => chmodSync(folders.installedProgram, 0o600),
			() => unlinkSync(folders.installedProgram),
			() => rmSync(folders.binDir, { recursive: true }),
		]) {
			spoil();
			expect(one.install().changes).toEqual([`installed ${folders.installedProgram}`]);
			expect(readFileSync(folders.installedProgram, "utf8")).toBe("the program\n");
		}
	});

	it("waits for a network and for a folder that is made late", () => {
		rmSync(folders.netDir, { recursive: true });
		const one = installation();
		const waiting = ["there is no configuration of a network yet"];
		expect(one.install().obstacles).toEqual(waiting);
		mkdirSync(folders.netDir);
		expect(one.install().obstacles).toEqual(waiting);
		folders.write("10-a.conflist", bridgeList);
		expect(one.install().obstacles).toEqual([]);
	});

	it("keeps a link, and changes what it leads to", () => {
		const elsewhere = join(folders.root, "kept.conflist");
		writeFileSync(elsewhere, bridgeList);
		symlinkSync(elsewhere, join(folders.netDir, "10-a.conflist"));
		expect(installation().install().obstacles).toEqual([]);
		expect(JSON.parse(readFileSync(elsewhere, "utf8")).plugins).toHaveLength(3);
	});

	it("reads no folder, no pipe and no link that leads nowhere as a configuration", () => {
		mkdirSync(join(folders.netDir, "00-a.conflist"));
		folders.write("10-a.conflist", bridgeList);
		const one = installation();
		expect(one.install().obstacles).toEqual([]);
		symlinkSync("/nowhere", join(folders.netDir, "00-b.conflist"));
		expect(one.install().obstacles).toEqual([
			"containerd loads nothing while 00-b.conflist is there: it cannot be read (ENOENT)",
		]);
	});

	it("takes what is no text, or too long, for no configuration", () => {
		folders.write("10-a.conflist", bridgeList);
		const one = installation();
		for (const [bytes, reason] of [
			[Buffer.from([0x7b, 0xff, 0x7d]), "it is not UTF-8"],
			[Buffer.alloc(2 * 1024 * 1024 + 1, 0x20), "it is larger than 2 MiB"],
		] as const) {
			writeFileSync(join(folders.netDir, "05-a.conf"), bytes);
			expect(one.install().obstacles).toEqual([
				`containerd loads nothing while 05-a.conf is there: ${reason}`,
			]);
		}
	});

	it("removes what a killed agent has left unfinished", () => {
		folders.write("10-a.conflist", bridgeList);
		writeFileSync(join(folders.netDir, ".10-a.conflist.shunt-tmp-77"), "{");
		writeFileSync(join(folders.binDir, ".shunt-cni.shunt-tmp-77"), "half");
		const { changes } = installation().install();
		expect(changes.filter((change) => change.startsWith("removed"))).toHaveLength(2);
		expect([folders.names(), folders.names(folders.binDir)]).toEqual([["10-a.conflist"], ["shunt-cni"]]);
	});

	it("takes the entry out where there is no program to start, and puts it back with it", () => {
		folders.write("10-a.conflist", bridgeList);
		const one = installation();
		one.install();
		unlinkSync(folders.installedProgram);
		unlinkSync(folders.program);
		const without = one.install();
		expect(without.obstacles).toHaveLength(1);
		expect(without.obstacles[0]).toContain("the program cannot be installed: ENOENT");
		expect(folders.read("10-a.conflist")).toBe(bridgeList);
		writeFileSync(folders.program, "the program\n");
		expect(one.install().obstacles).toEqual([]);
		expect(folders.plugins("10-a.conflist")).toHaveLength(3);
	});

	it("leaves a node to the agent that is there already, until that ends", () => {
		folders.write("10-a.conflist", bridgeList);
		const [one, other] = [installation(), installation({ entry: pluginEntry({ log_level: "debug" }) })];
		one.install();
		expect(other.install()).toEqual({
			obstacles: ["another agent works on this node"],
			changes: [],
			program: false,
		});
		expect(folders.read("10-a.conflist")).toContain('"info"');
		one.release();
		expect(other.install().obstacles).toEqual([]);
		expect(folders.read("10-a.conflist")).toContain('"debug"');
	});

	it("works on where /run is lost", () => {
		folders.write("10-a.conflist", bridgeList);
		const one = installation();
		one.install();
		rmSync(folders.runDir, { recursive: true });
		expect(one.install().obstacles).toEqual([]);
		expect(installation().install().obstacles).toEqual(["another agent works on this node"]);
	});

	it("leaves what is no file of its own making in the program's place", () => {
		mkdirSync(folders.installedProgram);
		folders.write("10-a.conflist", bridgeList);
		const { obstacles } = installation().install();
		expect(obstacles[0]).toMatch(/^the program cannot be installed: E(ISDIR|EXIST|NOTEMPTY)/);
		expect(folders.read("10-a.conflist")).toBe(bridgeList);
	});
});

describe("removing", () => {
	it("puts everything back as it was, the program last", async () => {
		folders.write("10-a.conf", '{"cniVersion":"0.3.1","name":"n","type":"bridge"}', 0o640);
		const one = installation({}, { programStaysMs: 50 });
		expect(one.install().file).toBe("10-a.conf.shunt.conflist");
		expect(statSync(join(folders.netDir, "10-a.conf.shunt.conflist")).mode & 0o777).toBe(0o640);
		expect(one.remove()).toMatchObject({ obstacles: [], program: true });
		expect(folders.names()).toEqual(["10-a.conf"]);
		await new Promise((resolve) => setTimeout(resolve, 60));
		expect(one.remove().changes).toEqual([`removed ${folders.installedProgram}`]);
		expect(existsSync(folders.installedProgram)).toBe(false);
		expect(one.remove()).toEqual({ obstacles: [], program: false, changes: [] });
	});

	it("leaves the program to CRI-O, which asks it when pods end", async () => {
		folders.write("10-a.conflist", bridgeList);
		const one = installation({ runtime: "cri-o" }, { programStaysMs: 0 });
		one.install();
		one.remove();
		expect(one.remove()).toEqual({ obstacles: [], program: true, changes: [] });
	});
});
