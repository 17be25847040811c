import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { withSiteLinks } from "./site-links.ts";
import { sidebarOf, sitePages } from "./site-pages.ts";

/**
 * Puts the site's pages into docs/site/pages, of where VitePress makes the site (`make docs`):
 *
 *     [SHUNT_SOURCE_URL=https://…/blob/main] npx tsx scripts/docs/stage-site.ts
 *
 * The pages stay where they are read on a code host too, so that links are what differs. SHUNT_SOURCE_URL is where the
 * repository's files can be read; without it, a link to a file that is no page is plain text.
 */
const folder = "docs/site/pages";
const pages = sitePages();
rmSync(folder, { recursive: true, force: true });
for (const page of pages) {
	const { text, pictures } = withSiteLinks(
		page,
		readFileSync(page.source, "utf8"),
		pages,
		process.env["SHUNT_SOURCE_URL"] || undefined,
	);
	write(`${folder}/${page.path}.md`, text);
	for (const picture of pictures) {
		mkdirSync(`${folder}/pictures`, { recursive: true });
		copyFileSync(picture, `${folder}/pictures/${basename(picture)}`);
	}
}
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
write(`${folder}/site.json`, JSON.stringify({ version, sidebar: sidebarOf(pages) }, null, "\t"));
write(`${folder}/public/icon.svg`, readFileSync("docs/site/icon.svg", "utf8"));

function write(path: string, text: string): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
}
