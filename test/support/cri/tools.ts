import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const usr = fileURLToPath(new URL("../../../dist/e2e/tools/usr", import.meta.url));

/** What scripts/ensure-e2e.sh has unpacked. */
export const tools = {
	cniPlugins: `${usr}/lib/cni`,
	get env(): NodeJS.ProcessEnv {
		const { PATH, HOME } = process.env;
		const libraries = readdirSync(`${usr}/lib`).filter((name) => name.endsWith("-linux-gnu"));
		return {
			PATH: `${usr}/bin:${usr}/sbin:${PATH}`,
			...(HOME === undefined ? {} : { HOME }),
			LD_LIBRARY_PATH: libraries.map((name) => `${usr}/lib/${name}`).join(":"),
		};
	},
};
