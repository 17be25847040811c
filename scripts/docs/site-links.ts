import { existsSync } from "node:fs";
import { posix } from "node:path";
import type { SitePage } from "./site-pages.ts";

/** What becomes of a page on its way to the site: its text, and the pictures that it shows. */
export interface LinkedPage {
	readonly text: string;
	/** Files of the repository. Their place in the site is `pictures/` and their name. */
	readonly pictures: readonly string[];
}

/**
 * Links between files of the repository as links between pages of the site. A link to a file that is no page goes to
 * `sourceUrl`, where the repository's files can be read, or becomes its text where there is no such place. A link to
 * nothing is an error: the repository's pages are wrong then, not only the site's.
 */
export function withSiteLinks(
	{ source, path }: SitePage,
	text: string,
	pages: readonly SitePage[],
	sourceUrl: string | undefined,
): LinkedPage {
	const pictures: string[] = [];
	const fromHere = (target: string) => {
		const relative = posix.relative(posix.dirname(path), target);
		return relative.startsWith(".") ? relative : `./${relative}`;
	};
	const link = (whole: string, bang: string, label: string, target: string): string => {
		if (/^(?:[a-z]+:|#)/.test(target)) {
			return whole;
		}
		const { file, hash } = fileOf(source, target);
		if (bang === "!") {
			pictures.push(file);
			return `![${label}](${fromHere(`pictures/${posix.basename(file)}`)})`;
		}
		const page = pageOf(file, pages);
		if (page !== undefined) {
			return `[${label}](${fromHere(page.path)}.md${hash})`;
		}
		return sourceUrl === undefined ? label : `[${label}](${sourceUrl.replace(/\/$/, "")}/${file}${hash})`;
	};
	return { text: outsideCode(text, (part) => part.replace(linkPattern, link)), pictures };
}

/** The file that is linked to, from the repository's root, and the place in it: `#heading`, or nothing. */
function fileOf(source: string, target: string): { readonly file: string; readonly hash: string } {
	const [name = "", anchor] = target.split("#");
	const file = posix.normalize(posix.join(posix.dirname(source), name));
	if (!existsSync(file)) {
		throw new Error(`${source} links to ${target}, which is not there`);
	}
	return { file, hash: anchor === undefined ? "" : `#${anchor}` };
}

const linkPattern = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;

function pageOf(file: string, pages: readonly SitePage[]): SitePage | undefined {
	// What the README says is on the first page and on those that it links to.
	return pages.find(({ source }) => source === (file === "README.md" ? "docs/index.md" : file));
}

/** Applies `change` to all but code: fenced, indented, or in backticks. */
function outsideCode(text: string, change: (part: string) => string): string {
	return text
		.split(/(^```[\s\S]*?^```$|^(?: {4}|\t).*$|`[^`\n]*`(?!\]))/m)
		.map((part, index) => (index % 2 === 1 ? part : change(part)))
		.join("");
}
