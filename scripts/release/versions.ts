import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { version as programs } from "../../src/domain/version.ts";

/** Every place that says which version this is. All of them have to say the same. */
export function versions(): Readonly<Record<string, string>> {
	const text = (file: string) => readFileSync(file, "utf8");
	const manifest = JSON.parse(text("package.json"));
	const lock = JSON.parse(text("package-lock.json"));
	const charts = ["shunt", "shunt-cni"].flatMap((chart) => {
		const { version, appVersion } = parse(text(`charts/${chart}/Chart.yaml`));
		return [
			[`charts/${chart}, version`, `${version}`],
			[`charts/${chart}, appVersion`, `${appVersion}`],
		];
	});
	const found = (file: string, pattern: RegExp) => pattern.exec(text(file))?.[1] ?? "";
	return Object.fromEntries([
		["package.json", manifest.version],
		["package-lock.json", lock.version],
		["src/domain/version.ts", programs],
		...charts,
		["docs/five-minutes.md", found("docs/five-minutes.md", /--image=shunt\/shunt:(\S+) /)],
		["native/Cargo.toml", found("native/Cargo.toml", /^version = "([^"]+)"$/m)],
		["native/Cargo.lock", found("native/Cargo.lock", /name = "shunt-native"\nversion = "([^"]+)"/)],
	]);
}

/** The changelog's newest section: its heading, and what is in it. */
export function newestChanges(): { readonly heading: string; readonly text: string } {
	const [, heading = "", text = ""] =
		/^## (.+)\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(readFileSync("CHANGELOG.md", "utf8")) ?? [];
	return { heading, text: text.trim() };
}
