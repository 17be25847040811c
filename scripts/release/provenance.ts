import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What a release was made of, besides its own files. */
export interface Origins {
	/** The commit, in hexadecimal digits. */
	readonly commit: string;
	/** Whether there was anything that is not in the commit. */
	readonly isChanged: boolean;
	/** Programs that built it, with what they say of their version. */
	readonly tools: Readonly<Record<string, string>>;
	/** What came of building the native programs twice: a line for each; none where that was not done. */
	readonly secondBuild: readonly string[];
	/** Processors that it is for, as OCI calls them. */
	readonly architectures: readonly string[];
}

/**
 * An in-toto statement (v1) with SLSA's provenance (v1) about files: their digests, and what they were made of. It is not
 * signed: who publishes a release signs it.
 */
export function provenance(
	folder: string,
	files: readonly string[],
	{ commit, isChanged, tools, secondBuild, architectures }: Origins,
): string {
	const statement = {
		_type: "https://in-toto.io/Statement/v1",
		subject: files.map((name) => ({ name, digest: { sha256: sha256Of(`${folder}/${name}`) } })),
		predicateType: "https://slsa.dev/provenance/v1",
		predicate: {
			buildDefinition: {
				buildType: "https://shunt.dev/release/v1",
				externalParameters: { architectures },
				resolvedDependencies: [
					{ name: "source", digest: { gitCommit: commit }, annotations: { changed: isChanged } },
					...["package-lock.json", "docs/site/package-lock.json", "native/Cargo.lock"].map((name) => ({
						name,
						digest: { sha256: sha256Of(name) },
					})),
				],
			},
			runDetails: {
				builder: { id: "https://shunt.dev/release/by-hand", version: tools },
				byproducts: secondBuild.map((line) => ({ name: "second build", annotations: { line } })),
			},
		},
	};
	return `${JSON.stringify(statement, null, "\t")}\n`;
}

export function sha256Of(path: string): string {
	return createHash("sha256").update(readFileSync(path)).digest("hex");
}
