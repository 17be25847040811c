import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { readElf } from "../../images/elf.ts";
import { type FileTree, mergedUsr } from "../../images/file-tree.ts";
import { type Archive, type Image, makeArchive } from "../../images/oci-archive.ts";
import { shunt } from "../../images/shunt.ts";
import { shuntCni } from "../../images/shunt-cni.ts";
import { shuntInit, shuntInitTools } from "../../images/shunt-init.ts";
import { hereAndNow, root } from "../../images/target.ts";

const makers = { "shunt-init": shuntInit, "shunt-init-tools": shuntInitTools, shunt, "shunt-cni": shuntCni };
const time = new Date(0);

describe.each(Object.entries(makers))("the image %s", (name, make) => {
	let image: Image;
	let archive: Archive;
	let tree: FileTree;

	beforeAll(async () => {
		image = await make(hereAndNow(), "localhost/shunt/test:1");
		archive = await makeArchive(image, time);
		tree = new Map(image.layers.flatMap((layer) => [...layer.tree]));
	});

	it("is the same to the byte when it is made again", async () => {
		const again = await makeArchive(await make(hereAndNow(), "localhost/shunt/test:1"), time);
		expect(again.digest).toBe(archive.digest);
		expect(again.bytes.equals(archive.bytes)).toBe(true);
	});

	it("has no shell, no nsenter, no package manager and nothing set-uid", () => {
		const names = [...tree.keys()].map((path) => path.slice(path.lastIndexOf("/") + 1));
		for (const unwanted of ["sh", "bash", "dash", "busybox", "nsenter", "env", "apt-get", "dpkg", "npm"]) {
			expect(names).not.toContain(unwanted);
		}
		expect(
			[...tree.values()].filter((entry) => entry.kind === "file" && (entry.mode & 0o6000) !== 0),
		).toEqual([]);
	});

	it("gives capabilities to the init program alone", () => {
		const capable = [...tree].filter(([, entry]) => entry.kind === "file" && entry.capability !== undefined);
		expect(capable.map(([path]) => path)).toEqual(name.startsWith("shunt-init") ? ["/usr/bin/shunt"] : []);
	});

	it("has what its programs are linked with, and starts one that is there", () => {
		for (const [path, entry] of tree) {
			const elf = entry.kind === "file" ? readElf(entry.data) : undefined;
			const loader = elf?.interpreter === undefined ? [] : [mergedUsr(elf.interpreter)];
			const folder = `/usr/lib/${elf?.architecture === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
			const wanted = [...loader, ...(elf?.needed ?? []).map((library) => `${folder}/${library}`)];
			expect(
				wanted.filter((needed) => !tree.has(needed)),
				path,
			).toEqual([]);
		}
		expect(tree.has(image.config.Entrypoint[0] ?? "")).toBe(true);
	});

	it("tells scanners and lawyers which Debian packages it holds", () => {
		const packages = [...tree.keys()].flatMap((path) => path.split("/var/lib/dpkg/status.d/")[1] ?? []);
		if (name === "shunt-init") {
			expect(packages).toEqual([]);
			return;
		}
		expect(packages).toContain("libc6");
		expect(tree.has("/usr/share/doc/libc6/copyright")).toBe(true);
		expect(tree.has("/usr/lib/os-release")).toBe(true);
	});

	it("has of node_modules only what comes with compiled code, and the licences of all else", () => {
		const packages = [...tree.keys()].flatMap(
			(path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
		);
		const licences = [...tree.keys()].filter((path) => path.startsWith("/usr/lib/shunt/licences/"));
		const isOurs = !name.startsWith("shunt-init");
		expect([...new Set(packages)].sort()).toEqual(
			isOurs ? [expect.stringMatching(/^@koromix\/koffi-linux-/), "koffi"] : [],
		);
		expect(licences.includes("/usr/lib/shunt/licences/@kubernetes/client-node/LICENSE")).toBe(isOurs);
	});

	it("is about as large as images/README.md says", () => {
		const readme = readFileSync(`${root}images/README.md`, "utf8");
		const row = new RegExp(`^\\| \`${name}\` \\| ([\\d.]+) MB \\| ([\\d.]+) MB \\|`, "m").exec(readme);
		const [packed, unpacked] = (row?.slice(1) ?? []).map(Number);
		expect(near(archive.compressed / 1e6, packed), `packed: ${archive.compressed}`).toBe(true);
		expect(near(archive.unpacked / 1e6, unpacked), `unpacked: ${archive.unpacked}`).toBe(true);
	});
});

/** Packages and Node differ a little from machine to machine. */
function near(actual: number, stated = 0): boolean {
	return Math.abs(actual - stated) <= stated * 0.15;
}
