import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../dist/e2e", import.meta.url));
const usr = `${folder}/tools/usr`;

/** Another release of containerd than this machine's Debian has: 1.6, 1.7 or 2, by scripts/ensure-containerd.sh. */
const release = process.env["E2E_CONTAINERD"];

/** What scripts/ensure-e2e.sh has unpacked. */
export const tools = {
	cniPlugins: `${usr}/lib/cni`,
	/** Those that know version 1.1.0 of the specification; Debian's stable ones stop at 1.0.0. */
	newestCniPlugins: `${folder}/cni/usr/lib/cni`,
	get env(): NodeJS.ProcessEnv {
		const { PATH, HOME } = process.env;
		const libraries = readdirSync(`${usr}/lib`).filter((name) => name.endsWith("-linux-gnu"));
		return {
			PATH: `${containerdFolder()}${usr}/bin:${usr}/sbin:${PATH}`,
			...(HOME === undefined ? {} : { HOME }),
			LD_LIBRARY_PATH: libraries.map((name) => `${usr}/lib/${name}`).join(":"),
		};
	},
};

function containerdFolder(): string {
	if (release === undefined) {
		return "";
	}
	const bin = `${folder}/containerd-${release}/usr/bin`;
	if (!existsSync(bin)) {
		throw new Error(
			`E2E_CONTAINERD: "${release}" is not there: run "scripts/ensure-containerd.sh ${release}" first`,
		);
	}
	return `${bin}:`;
}
