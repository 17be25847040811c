import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

/** What scripts/docs/stage-site.ts wrote: which pages there are decides what the sidebar lists. */
const { sidebar, version } = JSON.parse(readFileSync(new URL("../pages/site.json", import.meta.url), "utf8"));

/** Where the site will be served from: `/` or `/some/folder/`. */
const base = process.env["SHUNT_DOCS_BASE"] ?? "/";

export default defineConfig({
	title: "Shunt",
	description: "Puts a proxy into a Kubernetes pod's TCP path, in whichever dialect the node's kernel speaks",
	lang: "en",
	base,
	srcDir: "pages",
	outDir: "../../dist/site",
	cacheDir: "../../dist/.site-cache",
	head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}icon.svg` }]],
	// A link to nothing fails the build.
	ignoreDeadLinks: false,
	// Pages differ only where their text does, so that two builds can be compared.
	lastUpdated: false,
	metaChunk: true,
	markdown: {
		theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
		// As code hosts make them, so that one link leads to the same heading in both.
		anchor: { slugify: codeHostSlug },
		toc: { slugify: codeHostSlug },
		config: (markdown) => {
			const plain = markdown.renderer.rules.text;
			markdown.renderer.rules.text = (tokens, index, ...rest) => {
				const html =
					plain?.(tokens, index, ...rest) ?? markdown.utils.escapeHtml(tokens[index]?.content ?? "");
				return withUnits(html);
			};
			const code = markdown.renderer.rules.code_inline;
			markdown.renderer.rules.code_inline = (tokens, index, ...rest) => {
				const token = tokens[index];
				if ((token?.content.length ?? 0) <= short) {
					token?.attrJoin("class", "short");
				}
				return code?.(tokens, index, ...rest) ?? "";
			};
		},
	},
	themeConfig: {
		search: { provider: "local" },
		sidebar,
		nav: [
			{ text: "Five minutes", link: "/five-minutes" },
			{ text: "Commands", link: "/commands" },
			{ text: "Errors", link: "/troubleshooting" },
			{ text: version, link: "/changelog" },
		],
		outline: { level: [2, 3] },
		docFooter: { prev: "Before", next: "Next" },
		externalLinkIcon: true,
	},
	vite: {
		// Nothing is loaded from elsewhere, so nothing is worth a warning about its size but the search index, which is asked
		// for when somebody searches.
		build: { chunkSizeWarningLimit: 2000 },
	},
});

/** Characters that fit into any line, on a phone too. */
const short = 20;

/** A figure and its unit stay in one line, also in a narrow column. */
function withUnits(html: string): string {
	return html.replaceAll(/(\d) (?=(?:[mµ]?s|[kKMG]B|%|times|Gbit\/s)(?![\w-]))/g, "$1\u00a0");
}

function codeHostSlug(text: string): string {
	return text
		.trim()
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
		.replaceAll(" ", "-");
}
