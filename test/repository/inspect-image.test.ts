import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { fileCapability } from "../../images/file-capability.ts";
import { type FileTree, file, link } from "../../images/file-tree.ts";
import { makeArchive } from "../../images/oci-archive.ts";
import { inspectImage } from "../../scripts/release/inspect-image.ts";

/** The head of an ELF file, by the number that elf.h has for its processor. */
function elf(machine: number): Buffer {
	const data = Buffer.alloc(64);
	data.writeUInt32BE(0x7f454c46, 0);
	data.writeUInt8(2, 4);
	data.writeUInt8(1, 5);
	data.writeUInt16LE(machine, 18);
	return data;
}

const amd64 = 62;
const arm64 = 183;
const riscv = 243;
const capability = fileCapability(["net_admin"], { effective: false });
const wanted = { architecture: "arm64", capable: { "/usr/bin/shunt": capability.toString("hex") } };

async function archiveOf(changes: FileTree = new Map(), architecture = "arm64"): Promise<Buffer> {
	const tree: FileTree = new Map([
		["/usr/bin/shunt", file(elf(arm64), 0o755, capability)],
		["/usr/bin/shunt-init", link("shunt")],
		["/usr/bin/script", file("#!/usr/bin/shunt\n", 0o755)],
		...changes,
	]);
	const config = { User: "1:1", Entrypoint: ["/usr/bin/shunt-init"] };
	const image = { reference: "a/b:1", architecture, layers: [{ comment: "", tree }], config };
	return (await makeArchive(image, new Date(0))).bytes;
}

/** The archive with another text in one of its files, or without it. */
async function spoilt(archive: Buffer, isOne: (path: string) => boolean, text?: string): Promise<Buffer> {
	const spoiling = pack();
	const whole = buffer(spoiling);
	const reader = extract();
	reader.end(archive);
	for await (const entry of reader) {
		const data = await buffer(entry);
		const { name } = entry.header;
		const now = isOne(name) ? text : data;
		if (now !== undefined) {
			spoiling.entry({ name }, now);
		}
	}
	spoiling.finalize();
	return whole;
}

const mistakesOf = async (archive: Buffer) => (await inspectImage(archive, wanted)).mistakes;

describe("an image's archive, looked at before it is released", () => {
	it("has no mistakes, and says which programs it has", async () => {
		expect(await inspectImage(await archiveOf(), wanted)).toEqual({
			mistakes: [],
			programs: ["/usr/bin/shunt"],
		});
	});

	it.each([
		["another architecture's program", elf(amd64), "amd64"],
		["a program for a processor that we know nothing of", elf(riscv), "something else"],
	])("must not hold %s", async (_, data, said) => {
		expect(await mistakesOf(await archiveOf(new Map([["/usr/lib/a.so", file(data)]])))).toEqual([
			`what /usr/lib/a.so is for is "${said}", not "arm64"`,
		]);
	});

	it("says which architecture it is for, in both places", async () => {
		expect(await mistakesOf(await archiveOf(new Map(), "amd64"))).toEqual([
			'the index\'s platform is {"architecture":"amd64","os":"linux"}, not {"architecture":"arm64","os":"linux"}',
			'the configuration\'s platform is ["amd64","linux"], not ["arm64","linux"]',
		]);
	});

	it.each([
		["has none", new Map([["/usr/bin/shunt", file(elf(arm64), 0o755)]]), "{}"],
		[
			"has others",
			new Map([
				["/usr/bin/shunt", file(elf(arm64), 0o755, fileCapability(["net_raw"], { effective: true }))],
			]),
			'{"/usr/bin/shunt":"0100000200200000000000000000000000000000"}',
		],
	])("has the capabilities that it should have, and not where it %s", async (_, changes, found) => {
		expect(await mistakesOf(await archiveOf(changes))).toEqual([
			`the list of files with capabilities is ${found}, not ${JSON.stringify(wanted.capable)}`,
		]);
	});

	it.each([
		["leads nowhere", "/usr/bin/shunt-init", link("gone")],
		["is a script of an interpreter that is not there", "/usr/bin/shunt-init", file("#!/usr/bin/node\n")],
		["is a text", "/usr/bin/shunt-init", file("text")],
	])("has an entry point that starts something, and not one that %s", async (_, path, entry) => {
		expect(await mistakesOf(await archiveOf(new Map([[path, entry]])))).toEqual([
			"its entry point /usr/bin/shunt-init is no program in it",
		]);
	});

	it("starts a script whose interpreter is there", async () => {
		expect(await mistakesOf(await archiveOf(new Map([["/usr/bin/shunt-init", link("script")]])))).toEqual([]);
	});

	it.each([undefined, "x", "{}"])(
		"has blobs that are what their names say, and never is one %j",
		async (text) => {
			const archive = await archiveOf();
			const names = (await namesIn(archive)).filter(
				(name) => /blobs\/.*\//.test(name) && !name.endsWith("/"),
			);
			expect(names).toHaveLength(3);
			for (const blob of names) {
				const mistakes = await mistakesOf(await spoilt(archive, (name) => name === blob, text));
				expect(mistakes[0]).toContain(`/${blob} is not what is said of it (${text?.length ?? "no"} bytes, `);
			}
		},
	);

	it("is an OCI image layout", async () => {
		expect(await mistakesOf(await spoilt(await archiveOf(), (name) => name === "oci-layout"))).toEqual([
			"there is no /oci-layout of version 1.0.0",
		]);
		expect(await mistakesOf(await spoilt(await archiveOf(), (name) => name === "index.json", "{}"))).toEqual([
			"there is not one image in it",
		]);
	});
});

async function namesIn(archive: Buffer): Promise<string[]> {
	const reader = extract();
	reader.end(archive);
	const names: string[] = [];
	for await (const entry of reader) {
		names.push(entry.header.name);
		entry.resume();
	}
	return names;
}
