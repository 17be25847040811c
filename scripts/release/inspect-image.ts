import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { readElf } from "../../images/elf.ts";

/** An entry of a tar, its path from the root on. */
interface Entry {
	readonly path: string;
	readonly data: Buffer;
	/** Where a symbolic link leads to. */
	readonly target: string | undefined;
	/** The extended attribute `security.capability`, in hexadecimal digits. */
	readonly capability: string | undefined;
}

interface Descriptor {
	readonly digest: string;
	readonly size: number;
	readonly platform?: object;
}

/** What inspectImage has seen. */
export interface Inspection {
	/** Each a sentence; none where the image is as it should be. */
	readonly mistakes: readonly string[];
	/** Paths of programs and shared libraries, all of which are for the architecture where there are no mistakes. */
	readonly programs: readonly string[];
}

/** Paths of files with capabilities, with the hexadecimal digits of the attribute `security.capability`. */
export type Capable = Readonly<Record<string, string>>;

const elfMagic = 0x7f454c46;

/**
 * Reads an image's archive again, as a runtime does and without what wrote it: an OCI image layout (version 1.0.0) of one
 * image for `architecture` (as OCI says it), whose digests and sizes hold, in which all compiled code is for it, and no files but
 * `capable` have capabilities.
 */
export async function inspectImage(
	archive: Buffer,
	{ architecture, capable }: { readonly architecture: string; readonly capable: Capable },
): Promise<Inspection> {
	const mistakes: string[] = [];
	const expect = (what: string, is: unknown, wanted: unknown) => {
		if (JSON.stringify(is) !== JSON.stringify(wanted)) {
			mistakes.push(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`);
		}
	};
	let layout: Layout;
	try {
		layout = readLayout(await entriesOf(archive));
	} catch (error) {
		return { mistakes: [`${(error as Error).message}`], programs: [] };
	}
	const { platform, config, layers } = layout;
	expect("the index's platform", platform, { architecture, os: "linux" });
	expect("the configuration's platform", [config.architecture, config.os], [architecture, "linux"]);
	expect("the list of layers", config.rootfs.diff_ids, layers.map(digestOf));

	const files = (await Promise.all(layers.map(entriesOf))).flat();
	const compiled = files.filter(({ data }) => data.length > 4 && data.readUInt32BE(0) === elfMagic);
	for (const { path, data } of compiled) {
		expect(`what ${path} is for`, readElf(data)?.architecture ?? "something else", architecture);
	}
	const programs = compiled.map(({ path }) => path);
	const [entrypoint = ""] = config.config.Entrypoint;
	const started = programOf(entrypoint, new Map(files.map((entry) => [entry.path, entry])));
	if (started === undefined || !programs.includes(started)) {
		mistakes.push(`its entry point ${entrypoint} is no program in it`);
	}
	const found = files.flatMap(({ path, capability }) =>
		capability === undefined ? [] : [[path, capability]],
	);
	expect("the list of files with capabilities", Object.fromEntries(found), capable);
	return { mistakes, programs };
}

/** What an image layout holds, once all digests and sizes have been found to be right. */
interface Layout {
	readonly platform: object | undefined;
	readonly config: {
		readonly architecture: string;
		readonly os: string;
		readonly rootfs: { readonly diff_ids: readonly string[] };
		readonly config: { readonly Entrypoint: readonly string[] };
	};
	/** As tars. */
	readonly layers: readonly Buffer[];
}

/** Throws an error that says what is wrong. */
function readLayout(entries: readonly Entry[]): Layout {
	const blobs = new Map(entries.map(({ path, data }) => [path, data]));
	const json = (path: string) => JSON.parse(`${blobs.get(path) ?? "{}"}`);
	const blob = ({ digest, size }: Descriptor) => {
		const path = `/blobs/${digest.replace(":", "/")}`;
		const data = blobs.get(path);
		if (data?.length !== size || digestOf(data) !== digest) {
			throw new Error(`${path} is not what is said of it (${data?.length ?? "no"} bytes, ${size} said)`);
		}
		return data;
	};
	if (json("/oci-layout").imageLayoutVersion !== "1.0.0") {
		throw new Error("there is no /oci-layout of version 1.0.0");
	}
	const [descriptor, ...others]: Descriptor[] = json("/index.json").manifests ?? [];
	if (descriptor === undefined || others.length > 0) {
		throw new Error("there is not one image in it");
	}
	const manifest = JSON.parse(`${blob(descriptor)}`);
	return {
		platform: descriptor.platform,
		config: JSON.parse(`${blob(manifest.config)}`),
		layers: manifest.layers.map((layer: Descriptor) => gunzipSync(blob(layer))),
	};
}

/** What the kernel runs in the end: past links and a script's first line. Undefined where there is none. */
function programOf(path: string, files: ReadonlyMap<string, Entry>): string | undefined {
	const entry = files.get(path);
	if (entry?.target !== undefined) {
		return programOf(resolve(dirname(path), entry.target), files);
	}
	const [, interpreter] = /^#!(\S+)/.exec(entry?.data.toString("latin1", 0, 100) ?? "") ?? [];
	return interpreter === undefined ? entry?.path : programOf(interpreter, files);
}

async function entriesOf(tar: Buffer): Promise<Entry[]> {
	const entries: Entry[] = [];
	const reader = Readable.from([tar]).pipe(extract());
	for await (const entry of reader) {
		const parts: Buffer[] = [];
		for await (const part of entry) {
			parts.push(part as Buffer);
		}
		const { name, type, linkname, pax } = entry.header;
		const attribute = (pax as Readonly<Record<string, string>> | null)?.["SCHILY.xattr.security.capability"];
		entries.push({
			path: `/${name.replace(/\/$/, "")}`,
			data: Buffer.concat(parts),
			target: type === "symlink" ? (linkname ?? undefined) : undefined,
			capability: attribute === undefined ? undefined : Buffer.from(attribute, "latin1").toString("hex"),
		});
	}
	return entries;
}

function digestOf(data: Buffer): string {
	return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}
