import { execFileSync, spawnSync } from "node:child_process";
import {
	copyFileSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { billOfMaterials } from "../../images/bill-of-materials.ts";
import { bundledPackages, npmPackage } from "../../images/components.ts";
import { type ImageName, imageList } from "../../images/reference.ts";
import { initCapability, program } from "../../images/shunt-init.ts";
import { version } from "../../src/domain/version.ts";
import { packChart, packFolder } from "./charts.ts";
import { type Architecture, architectures, foreignParts } from "./foreign-parts.ts";
import { inspectImage } from "./inspect-image.ts";
import { packPackage } from "./package.ts";
import { provenance, sha256Of } from "./provenance.ts";
import { newestChanges, versions } from "./versions.ts";

/**
 * Makes a whole release in dist/release, and publishes nothing:
 *
 *     make release
 *     RELEASE_ARCHITECTURES=amd64 RELEASE_WITHOUT="check reproduce" make release
 *
 * Each step says what it does. One that fails ends it, and the release of before stays as it was.
 */
const final = "dist/release";
const folder = "dist/.release";
const here: Architecture = process.arch === "arm64" ? "arm64" : "amd64";
const wanted = (process.env["RELEASE_ARCHITECTURES"] ?? architectures.join(" ")).split(" ") as Architecture[];
const without = new Set((process.env["RELEASE_WITHOUT"] ?? "").split(" ").filter((step) => step !== ""));
const time = new Date(Number(process.env["SOURCE_DATE_EPOCH"] ?? 0) * 1000);

function say(what: string): void {
	process.stderr.write(`release: ${what}\n`);
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
	say([program, ...args].join(" "));
	execFileSync(program, args, { stdio: ["ignore", 2, 2], env: { ...process.env, ...env } });
}

function told(program: string, ...args: string[]): string {
	const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
	return status === 0 ? stdout.trim() : "";
}

function refuse(why: string): never {
	say(why);
	process.exit(1);
}

const unknown = [
	...wanted
		.filter((one) => !architectures.includes(one))
		.map((one) => `RELEASE_ARCHITECTURES: "${one}" (want ${architectures.join(", ")})`),
	...[...without]
		.filter((step) => !["check", "try", "reproduce"].includes(step))
		.map((step) => `RELEASE_WITHOUT: "${step}" (want check, try, reproduce)`),
];
if (unknown.length > 0) {
	refuse(unknown.join("; "));
}
const others = Object.entries(versions()).filter(([, said]) => said !== version);
if (others.length > 0) {
	refuse(`these do not say ${version}: ${others.map(([place, said]) => `${place} says ${said}`).join("; ")}`);
}
const changes = newestChanges();
const commit = told("git", "rev-parse", "HEAD");
const isChanged = told("git", "status", "--porcelain") !== "";

rmSync(folder, { recursive: true, force: true });
for (const name of ["npm", "charts", "native", "images", "site"]) {
	mkdirSync(`${folder}/${name}`, { recursive: true });
}

if (!without.has("check")) {
	run("make", ["check"]);
}
run("make", ["build", "docs"]);

const archive = packPackage(`${folder}/npm`);
const koffi = npmPackage(readFileSync("node_modules/koffi/package.json", "utf8"));
writeFileSync(
	`${folder}/npm/${archive.replace(/\.tgz$/, ".cdx.json")}`,
	billOfMaterials({ name: "shunt", version, type: "application" }, [...bundledPackages(), koffi], time),
);
for (const chart of ["shunt", "shunt-cni"]) {
	writeFileSync(`${folder}/charts/${chart}-${version}.tgz`, await packChart(chart, time));
}
writeFileSync(`${folder}/site/shunt-docs-${version}.tgz`, await packFolder("dist/site", "shunt-docs", time));

for (const architecture of wanted) {
	const { machine, native, image } = await foreignParts(architecture, here, say);
	run("native/build.sh", [], { SHUNT_NATIVE_MACHINE: machine });
	for (const program of ["shunt", "shunt-cni"]) {
		copyFileSync(`${native}/${program}`, `${folder}/native/${program}-${version}-linux-${architecture}`);
	}
	if (architecture === "arm64" && architecture !== here && !without.has("try")) {
		run("scripts/release/try-arm64.sh", [`${native}/shunt`]);
	}
	const made = `${folder}/images/${architecture}`;
	run("npx", ["--no-install", "tsx", "images/build.ts", "--output", made, ...image]);
	if (architecture === "arm64" && architecture !== here && !without.has("try")) {
		run("scripts/release/try-arm64-user.sh", [native, `${made}/shunt.tar`]);
	}
	for (const name of imageList) {
		await look(name, `${made}/${name}.tar`, architecture);
		for (const end of ["tar", "cdx.json"]) {
			renameSync(
				`${made}/${name}.${end}`,
				`${folder}/images/${name}-${version}-linux-${architecture}.${end}`,
			);
		}
	}
	rmSync(made, { recursive: true });
}

const second = without.has("reproduce") ? [] : wanted.flatMap(secondBuild);
const files = filesOf(folder);
writeFileSync(`${folder}/CHANGES.md`, `# Shunt ${version}\n\n${changes.text}\n`);
writeFileSync(
	`${folder}/provenance.json`,
	provenance(folder, files, {
		commit,
		isChanged,
		secondBuild: second,
		architectures: wanted,
		tools: {
			node: process.version,
			npm: told("npm", "--version"),
			rustc: told("/usr/bin/rustc", "--version") || told("rustc", "--version"),
			gcc: told("gcc", "-dumpfullversion"),
		},
	}),
);
const sums = filesOf(folder).map((name) => `${sha256Of(`${folder}/${name}`)}  ${name}\n`);
writeFileSync(`${folder}/SHA256SUMS`, sums.join(""));
execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: folder });

rmSync(final, { recursive: true, force: true });
renameSync(folder, final);
process.stdout.write(readFileSync(`${final}/SHA256SUMS`, "utf8"));
say(
	`${final} has version ${version} of commit ${commit.slice(0, 12)}${isChanged ? ", with changes that are not committed" : ""}. Nothing was published.`,
);
if (changes.heading === "Unreleased") {
	say(
		"the changelog calls these changes unreleased: give the section its version and date before you publish",
	);
}

/** At an image's archive as a runtime will read it. */
async function look(name: ImageName, path: string, architecture: Architecture): Promise<void> {
	const capable = name.startsWith("shunt-init") ? { [program]: initCapability.toString("hex") } : {};
	const { mistakes, programs } = await inspectImage(readFileSync(path), { architecture, capable });
	if (mistakes.length > 0) {
		refuse(`${name} for ${architecture}: ${mistakes.join("; ")}`);
	}
	say(`${name}: ${programs.length} programs and libraries, all of them for ${architecture}`);
}

/** Where they differ the release is made all the same, and says so in its provenance. */
function secondBuild(architecture: Architecture): readonly string[] {
	say(`scripts/release/reproduce.sh ${architecture}`);
	const { stdout, status } = spawnSync("scripts/release/reproduce.sh", [architecture], {
		encoding: "utf8",
		stdio: ["ignore", "pipe", 2],
	});
	if (status !== 0) {
		say(`the native programs for ${architecture} do not come out the same a second time`);
	}
	return stdout.trim().split("\n");
}

function filesOf(top: string): string[] {
	return readdirSync(top, { recursive: true, encoding: "utf8" })
		.filter((path) => statSync(`${top}/${path}`).isFile())
		.sort();
}
