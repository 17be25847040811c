import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A page of the site, made of one Markdown file of the repository. */
export interface SitePage {
	/** From the repository's root. */
	readonly source: string;
	/** Of the site, without `.html`: `cni`, `adr/0001-rings`. */
	readonly path: string;
	/** Its first heading. */
	readonly title: string;
}

export interface SidebarGroup {
	readonly text: string;
	readonly collapsed: boolean;
	readonly items: readonly { readonly text: string; readonly link: string }[];
}

/** Pages whose files stand elsewhere than in docs/, where those who open the folder on a code host look for them. */
const elsewhere: Readonly<Record<string, string>> = {
	"CHANGELOG.md": "changelog",
	"CONTRIBUTING.md": "contributing",
	"bench/RESULTS.md": "measurements",
	"charts/shunt/README.md": "chart-shunt",
	"charts/shunt-cni/README.md": "chart-shunt-cni",
	"images/README.md": "images",
	"native/README.md": "native-program",
};

/** The sidebar's groups, with their pages in order. A page that is not there yet is left out. */
const groups: readonly (readonly [text: string, pages: readonly string[]])[] = [
	["Begin", ["index", "five-minutes", "how-redirection-works", "features", "supported-versions"]],
	[
		"Use",
		[
			"choosing-a-mode",
			"kernels",
			"gvisor",
			"cni",
			"agent",
			"cni-runtimes",
			"connections",
			"gitops",
			"migrating",
			"troubleshooting",
			"checks",
			"performance",
			"security",
		],
	],
	[
		"Look up",
		[
			"commands",
			"annotations",
			"chart-shunt",
			"chart-shunt-cni",
			"metrics",
			"exit-statuses",
			"images",
			"changelog",
		],
	],
	[
		"Build",
		[
			"architecture",
			"glossary",
			"contributing",
			"native-program",
			"e2e-cluster",
			"measurements",
			"dependencies",
			"releasing",
		],
	],
];

/** All pages of the site: every Markdown file below docs/, and those that are elsewhere. */
export function sitePages(): readonly SitePage[] {
	const own = readdirSync("docs", { recursive: true, encoding: "utf8" })
		.filter((file) => file.endsWith(".md") && !file.startsWith("site/"))
		.map((file) => [`docs/${file}`, file.replace(/\.md$/, "")] as const);
	return [...own, ...Object.entries(elsewhere).filter(([file]) => existsSync(file))]
		.map(([source, path]) => ({ source, path, title: titleOf(source) }))
		.sort((one, other) => (one.path < other.path ? -1 : 1));
}

function titleOf(source: string): string {
	const title = /^# (.+)$/m.exec(readFileSync(source, "utf8"))?.[1];
	if (title === undefined) {
		throw new Error(`${source} has no heading of the first level, which would be its title`);
	}
	return title.replaceAll("`", "");
}

/** A page that nobody put into a group is in the last but one, so that it can be found all the same. */
export function sidebarOf(pages: readonly SitePage[]): readonly SidebarGroup[] {
	const named = groups.map(([text, paths]) => ({
		text,
		collapsed: false,
		items: paths.flatMap((path) => pages.filter((page) => page.path === path)).map(itemOf),
	}));
	const placed = groups.flatMap(([, paths]) => paths);
	const decisions = pages.filter(({ path }) => path.startsWith("adr/"));
	const rest = pages.filter((page) => !placed.includes(page.path) && !decisions.includes(page));
	return [
		...named,
		{ text: "More", collapsed: false, items: rest.map(itemOf) },
		{ text: "Decisions", collapsed: true, items: decisions.map(itemOf) },
	].filter(({ items }) => items.length > 0);
}

function itemOf({ title, path }: SitePage): SidebarGroup["items"][number] {
	return { text: title, link: path === "index" ? "/" : `/${path}` };
}
