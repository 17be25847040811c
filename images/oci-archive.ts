import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type FileTree, file } from "./file-tree.ts";
import { packLayer } from "./layer.ts";

/** What a registry or a runtime needs to know of an image (OCI image specification 1.0). */
export interface Image {
	/** As a pod names it, for example `docker.io/shunt/shunt-init:0.1.0`. */
	readonly reference: string;
	/** As OCI says it: `amd64`, `arm64`. */
	readonly architecture: string;
	readonly layers: readonly Layer[];
	readonly config: {
		readonly User: string;
		readonly Entrypoint: readonly string[];
		readonly Env?: readonly string[];
		readonly WorkingDir?: string;
		readonly Labels?: Readonly<Record<string, string>>;
	};
}

export interface Layer {
	/** For `docker history`. */
	readonly comment: string;
	readonly tree: FileTree;
}

export interface Archive {
	/** A tar of an OCI image layout, which `ctr images import`, `podman load` and `skopeo` read. */
	readonly bytes: Buffer;
	/** Digest of the image's manifest. */
	readonly digest: string;
	/** Bytes that a registry stores and a node pulls. */
	readonly compressed: number;
	/** Bytes on a node's disk. */
	readonly unpacked: number;
}

/** gzip's `level` costs time, most of it after the first: 9 is for images that are to be pulled. */
export async function makeArchive(image: Image, time: Date, level = 9): Promise<Archive> {
	const blobs: FileTree = new Map();
	const store = (data: Buffer | string, mediaType: string) => {
		const bytes = Buffer.from(data);
		blobs.set(`/blobs/${digestOf(bytes).replace(":", "/")}`, file(bytes));
		return { mediaType, digest: digestOf(bytes), size: bytes.length };
	};
	const layers = await Promise.all(image.layers.map(({ tree }) => packed(tree, time, level)));
	const config = store(JSON.stringify(configOf(image, layers, time)), types.config);
	const descriptors = layers.map(({ compressed }) => store(compressed, types.layer));
	const manifest = store(
		JSON.stringify({ schemaVersion: 2, mediaType: types.manifest, config, layers: descriptors }),
		types.manifest,
	);
	const index = {
		schemaVersion: 2,
		mediaType: types.index,
		manifests: [{ ...manifest, platform: platformOf(image), annotations: nameAnnotations(image.reference) }],
	};
	blobs.set("/oci-layout", file(JSON.stringify({ imageLayoutVersion: "1.0.0" })));
	blobs.set("/index.json", file(JSON.stringify(index)));
	return {
		bytes: await packLayer(blobs, time),
		digest: manifest.digest,
		compressed: sum(layers.map(({ compressed }) => compressed.length)),
		unpacked: sum(layers.map(({ unpackedBytes }) => unpackedBytes)),
	};
}

const types = {
	config: "application/vnd.oci.image.config.v1+json",
	layer: "application/vnd.oci.image.layer.v1.tar+gzip",
	manifest: "application/vnd.oci.image.manifest.v1+json",
	index: "application/vnd.oci.image.index.v1+json",
} as const;

interface PackedLayer {
	readonly compressed: Buffer;
	/** Digest of the tar before it was compressed. */
	readonly diffId: string;
	readonly unpackedBytes: number;
}

async function packed(tree: FileTree, time: Date, level: number): Promise<PackedLayer> {
	const tar = await packLayer(tree, time);
	return {
		compressed: await promisify(gzip)(tar, { level }),
		diffId: digestOf(tar),
		unpackedBytes: sum([...tree.values()].map((entry) => (entry.kind === "file" ? entry.data.length : 0))),
	};
}

function configOf(image: Image, layers: readonly PackedLayer[], time: Date): object {
	const created = time.toISOString();
	return {
		created,
		...platformOf(image),
		config: image.config,
		rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
		history: image.layers.map(({ comment }) => ({ created, created_by: "images/build.ts", comment })),
	};
}

function platformOf({ architecture }: Image): object {
	return { architecture, os: "linux" };
}

/** The specification's annotation holds the tag alone; containerd, which wants the whole name, has one of its own. */
function nameAnnotations(reference: string): Record<string, string> {
	return {
		"io.containerd.image.name": reference,
		"org.opencontainers.image.ref.name": reference.slice(reference.lastIndexOf(":") + 1),
	};
}

function digestOf(data: Buffer): string {
	return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
