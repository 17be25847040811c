import { describe, expect, it } from "vitest";
import type { FoundFile } from "./configuration-file.ts";
import { planInstallation, planRemoval, type Wish } from "./plan-folder.ts";
import { pluginEntry } from "./plugin-entry.ts";

const entry = pluginEntry({ log_level: "info" });
const wish: Wish = {
	entry,
	runtime: "containerd",
	maxConfNum: 1,
	network: undefined,
	linkerdCni: "refuse",
};

function list(name: string, types: readonly string[], more: object = { cniVersion: "1.0.0" }): FoundFile {
	const plugins = types.map((type) => (type === "shunt-cni" ? entry : { type }));
	return { name, text: JSON.stringify({ ...more, name: `net-${name}`, plugins }) };
}

const single: FoundFile = { name: "10-a.conf", text: '{"cniVersion":"0.3.1","name":"n","type":"bridge"}' };

/** What a folder holds when the steps are done. */
function folderAfter(
	files: readonly FoundFile[],
	steps: ReturnType<typeof planRemoval>["steps"],
): FoundFile[] {
	const now = new Map(files.map((file) => [file.name, file]));
	for (const step of steps) {
		const before = now.get(step.name);
		if (step.do === "write") {
			now.set(step.name, { name: step.name, text: step.text });
		} else {
			now.delete(step.name);
			if (step.do === "rename" && before !== undefined) {
				now.set(step.to, { ...before, name: step.to });
			}
		}
	}
	return [...now.values()];
}

function typesIn(files: readonly FoundFile[], name: string): string[] | undefined {
	const file = files.find((one) => one.name === name);
	const value = file !== undefined && "text" in file ? JSON.parse(file.text) : undefined;
	return value?.plugins?.map(({ type }: { type: string }) => type);
}

function install(files: readonly FoundFile[], more: Partial<Wish> = {}) {
	const { steps, obstacles, file } = planInstallation(files, { ...wish, ...more });
	return { files: folderAfter(files, steps), obstacles, file, steps };
}

describe("installing", () => {
	it("goes into the first by name, byte by byte, and out of every other", () => {
		const found = [
			list("20-b.conflist", ["bridge", "shunt-cni"]),
			list("10-z.conflist", ["calico"]),
			list("10-Z.conflist", ["flannel"]),
		];
		const { files, file, obstacles } = install(found);
		expect({ file, obstacles }).toEqual({ file: "10-Z.conflist", obstacles: [] });
		expect(files.map(({ name }) => [name, typesIn(files, name)])).toEqual([
			["20-b.conflist", ["bridge"]],
			["10-z.conflist", ["calico"]],
			["10-Z.conflist", ["flannel", "shunt-cni"]],
		]);
	});

	it("does nothing more when it is done", () => {
		for (const found of [[list("10-a.conflist", ["bridge"])], [single]]) {
			const { files } = install(found);
			expect(install(files).steps).toEqual([]);
		}
	});

	it("takes hidden files for files, and others' endings for none", () => {
		const found = [
			list("10-a.conflist", ["a"]),
			list(".conflist", ["hidden"]),
			list("00-a.conflist.bak", ["b"]),
			list("00-a.conflist~", ["c"]),
			list("00-a.CONFLIST", ["d"]),
		];
		expect(install(found).file).toBe(".conflist");
	});

	it("makes a list of a single plugin's file, which is loaded in its place, and keeps the file", () => {
		const { files, file } = install([single, list("10-a.conflist", ["other"])]);
		expect(file).toBe("10-a.conf.shunt.conflist");
		expect(typesIn(files, "10-a.conf.shunt.conflist")).toEqual(["bridge", "shunt-cni"]);
		expect(files.map(({ name }) => name).sort()).toEqual([
			"10-a.conf.shunt-saved",
			"10-a.conf.shunt.conflist",
			"10-a.conflist",
		]);
	});

	it("goes on where it was killed between the two files", () => {
		const [write] = install([single]).steps;
		const halfway = folderAfter([single], write === undefined ? [] : [write]);
		expect(
			install(halfway)
				.files.map(({ name }) => name)
				.sort(),
		).toEqual(["10-a.conf.shunt-saved", "10-a.conf.shunt.conflist"]);
	});

	it("starts over where somebody has written the single plugin's file anew", () => {
		const fresh = { ...single, text: '{"cniVersion":"0.3.1","name":"n","type":"macvlan"}' };
		const { files } = install([...install([single]).files, fresh]);
		expect(typesIn(files, "10-a.conf.shunt.conflist")).toEqual(["macvlan", "shunt-cni"]);
		expect(files.find(({ name }) => name === "10-a.conf.shunt-saved")).toEqual({
			...fresh,
			name: "10-a.conf.shunt-saved",
		});
	});

	it("gives a single plugin's file back when another network comes before it", () => {
		const { files, file } = install([...install([single]).files, list("05-cilium.conflist", ["cilium-cni"])]);
		expect(file).toBe("05-cilium.conflist");
		expect(files).toContainEqual(single);
		expect(files.map(({ name }) => name).sort()).toEqual(["05-cilium.conflist", "10-a.conf"]);
	});

	it.each([
		["nothing is there", [], "there is no configuration of a network yet"],
		["a list without a version", [list("a.conflist", ["a"], {})], "a.conflist has no cniVersion"],
		["a list of an old version", [list("a.conflist", ["a"], { cniVersion: "0.2.0" })], "cniVersion 0.2.0"],
		["a list of a later version", [list("a.conflist", ["a"], { cniVersion: "2.0.0" })], "cniVersion 2.0.0"],
		[
			"the highest of a list's versions is one that nobody knows",
			[list("a.conflist", ["a"], { cniVersions: ["1.0.0", "1.10.0"], cniVersion: "1.9.0" })],
			"cniVersion 1.10.0",
		],
		["linkerd-cni is there", [list("a.conflist", ["a", "linkerd-cni"])], "a.conflist has linkerd-cni in it"],
		["only ours is there", [list("a.conflist", ["shunt-cni"])], "no plugin but ours"],
		[
			"a file before it is malformed",
			[{ name: "a.conflist", text: "{" }, list("b.conflist", ["b"])],
			"containerd loads nothing while a.conflist is there: it is not JSON",
		],
		[
			"a list is in a file for one plugin",
			[list("a.conf", ["a"])],
			'containerd loads nothing while a.conf is there: it has no "type"',
		],
		[
			"a file cannot be read",
			[{ name: "a.json", unreadable: "it cannot be read (EACCES)" }],
			"containerd loads nothing while a.json is there: it cannot be read (EACCES)",
		],
		...[
			['{"name":1,"plugins":[{"type":"a"}]}', 'it has no "name"'],
			['{"name":"n"}', 'it has no "plugins"'],
			['{"name":"n","plugins":[]}', 'it has no "plugins"'],
			['{"name":"n","plugins":[{"type":"a"},{"type":""}]}', 'one of its plugins has no "type"'],
			['{"name":"n","cniVersion":1,"plugins":[{"type":"a"}]}', 'its "cniVersion" is not a text'],
			['{"name":"n","cniVersions":"1","plugins":[{"type":"a"}]}', 'its "cniVersion" is not a text'],
			["[]", "it is not a JSON object"],
			["\ufeff{}", "it is not JSON"],
		].map(([text = "", reason = ""]) => [text, [{ name: "a.conflist", text }], reason] as const),
	] as const)("does nothing and says why where %s", (_, files, obstacle) => {
		const { steps, obstacles } = install(files);
		expect(steps).toEqual([]);
		expect(obstacles).toHaveLength(1);
		expect(obstacles[0]).toContain(obstacle);
	});

	it("replaces linkerd-cni where it is told to", () => {
		const { files } = install([list("a.conflist", ["a", "linkerd-cni", "b"])], { linkerdCni: "replace" });
		expect(typesIn(files, "a.conflist")).toEqual(["a", "b", "shunt-cni"]);
	});

	it("looks at no more files than containerd does", () => {
		const found = [list("a.conflist", ["a"]), { name: "b.conf", text: "{" }];
		expect(install(found).file).toBe("a.conflist");
		for (const maxConfNum of [0, 2]) {
			expect(install(found, { maxConfNum }).obstacles).toEqual([
				"containerd loads nothing while b.conf is there: it is not JSON",
			]);
		}
	});

	it("passes over what CRI-O passes over, and finds the network that CRI-O is told to take", () => {
		const found = [{ name: "a.conflist", text: "{" }, list("b.conflist", ["b"]), list("c.conflist", ["c"])];
		expect(install(found, { runtime: "cri-o" }).file).toBe("b.conflist");
		expect(install(found, { runtime: "cri-o", network: "net-c.conflist" }).file).toBe("c.conflist");
		expect(install(found, { runtime: "cri-o", network: "other" }).obstacles).toEqual([
			'there is no configuration of the network "other" that CRI-O loads; a.conflist: it is not JSON',
		]);
	});
});

describe("removing", () => {
	it("leaves every folder as it was before", () => {
		for (const found of [
			[list("10-a.conflist", ["bridge", "portmap"]), list("20-a.conflist", ["b"])],
			[single, list("20-a.conflist", ["b"])],
			[{ name: "10-a.json", text: ' {"type":"a","cniVersion":"1.0.0"}\n' }],
		]) {
			const { files } = install(found);
			expect(folderAfter(files, planRemoval(files).steps).sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
				found,
			);
		}
	});

	it("puts the single plugin's file back before its list goes", () => {
		const { files } = install([single]);
		expect(planRemoval(files).steps.map((step) => step.do)).toEqual(["rename", "remove"]);
	});

	it("keeps a list that somebody else has added to", () => {
		const { files } = install([single]);
		const added = files.map((file) =>
			"text" in file
				? { ...file, text: file.text.replace('{\n      "type": "shunt-cni"', '{"type":"x"}, $&') }
				: file,
		);
		const left = folderAfter(added, planRemoval(added).steps);
		expect(typesIn(left, "10-a.conf.shunt.conflist")).toEqual(["bridge", "x"]);
	});

	it("does nothing where there is nothing of ours", () => {
		expect(planRemoval([single, list("a.conflist", ["a"]), { name: "b.conf", text: "{" }]).steps).toEqual([]);
	});
});
