import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where packages and apt's own notes are kept between runs. */
const folder = fileURLToPath(new URL("../dist/images/apt", import.meta.url));

/**
 * The files of Debian packages and of everything that they depend on, downloaded by apt from wherever this machine has
 * its packages from. apt is told that nothing is installed, so what is on this machine makes no difference, and it
 * can do the same for another architecture.
 */
export function downloadPackages(names: readonly string[], architecture: string): string[] {
	const apt = aptFor(architecture);
	try {
		return download(apt, names);
	} catch {
		// No package lists yet, or lists so old that what they name has been replaced.
		apt.run("update");
		return download(apt, names);
	}
}

interface Apt {
	readonly archives: string;
	run(...args: readonly string[]): string;
}

function aptFor(architecture: string): Apt {
	const state = `${folder}/${architecture}`;
	const archives = `${state}/archives`;
	mkdirSync(`${state}/lists/partial`, { recursive: true });
	mkdirSync(`${archives}/partial`, { recursive: true });
	writeFileSync(`${state}/installed`, "");
	const settings = {
		"APT::Architecture": architecture,
		"APT::Architectures": architecture,
		// Dropping root would need folders that another user may write to.
		"APT::Sandbox::User": "",
		"Dir::State::status": `${state}/installed`,
		"Dir::State::lists": `${state}/lists`,
		"Dir::Cache": state,
		"Dir::Cache::archives": archives,
		"Debug::NoLocking": "true",
	};
	const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
	const run = (...args: readonly string[]) =>
		execFileSync("apt-get", [...options, ...args], {
			encoding: "utf8",
			env: { ...process.env, LC_ALL: "C" },
			stdio: ["ignore", "pipe", "pipe"],
			timeout: 300_000,
		});
	return { archives, run };
}

/** The list comes from a run that finds no archives, because apt names only what it does not have yet. */
function download(apt: Apt, names: readonly string[]): string[] {
	const install = ["install", "--yes", "--quiet", "--no-install-recommends", "--download-only", ...names];
	apt.run(...install);
	const listed = apt.run("-o", `Dir::Cache::archives=${apt.archives}/partial`, "--print-uris", ...install);
	const files = [...listed.matchAll(/^'[^']*' (\S+\.deb) /gm)].map(([, file]) => `${apt.archives}/${file}`);
	return files.sort();
}
