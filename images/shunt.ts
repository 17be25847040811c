import { readdirSync, readFileSync, statSync } from "node:fs";
import { debianFiles, withDebian } from "./debian-tree.ts";
import { type FileTree, file, link } from "./file-tree.ts";
import { bundledLicences, nativePackages } from "./node-packages.ts";
import type { Image } from "./oci-archive.ts";
import { readProgram, root, type Target } from "./target.ts";
import { proxyUser, users } from "./users.ts";

const home = "/usr/lib/shunt";

export const shuntConfig = {
	User: `${proxyUser}:${proxyUser}`,
	Entrypoint: ["/usr/bin/shunt"],
	Env: ["PATH=/usr/bin", "NODE_ENV=production"],
	WorkingDir: "/",
} as const;

/** The Node programs. What changes seldom, and is nearly all of it, is a layer of its own. */
export async function shunt(target: Target, reference: string): Promise<Image> {
	const debian = await debianFiles(["libc6", "libstdc++6"], target.architecture);
	const node: FileTree = new Map([["/usr/bin/node", file(readProgram(target.node, target), 0o755)]]);
	return {
		reference,
		architecture: target.architecture,
		layers: [
			{ comment: "Node", tree: withDebian(new Map([...users, ...node]), debian, []) },
			{
				comment: "shunt",
				tree: new Map([...programs(), ...bundledLicences(home), ...nativePackages(target, home)]),
			},
		],
		config: shuntConfig,
	};
}

const entryPoints = ["shunt", "shunt-network-validator"];

function programs(): FileTree {
	const bundles = readdirSync(`${root}dist/main`).filter((name) => name.endsWith(".js"));
	return new Map([
		...entryPoints.flatMap(
			(name) =>
				[
					[`/usr/bin/${name}`, link(`../lib/shunt/bin/${name}`)],
					[`${home}/bin/${name}`, file(withoutEnv(readFileSync(`${root}bin/${name}`, "utf8")), 0o755)],
				] as const,
		),
		// Where Linkerd's injector looks for it.
		["/usr/lib/linkerd/linkerd2-network-validator", link("../shunt/bin/shunt-network-validator")],
		...["package.json", "LICENSE"].map(
			(name) => [`${home}/${name}`, file(readFileSync(`${root}${name}`))] as const,
		),
		...[...bundles.map((name) => `dist/main/${name}`), ...charts()].map(
			(path) => [`${home}/${path}`, file(readFileSync(`${root}${path}`))] as const,
		),
	]);
}

/** What `shunt install` renders. */
function charts(): string[] {
	return readdirSync(`${root}charts`, { recursive: true, encoding: "utf8" })
		.map((path) => `charts/${path}`)
		.filter((path) => statSync(`${root}${path}`).isFile());
}

/** There is no env(1) in the image. */
function withoutEnv(script: string): string {
	return script.replace(/^#!.*\n/, "#!/usr/bin/node\n");
}
