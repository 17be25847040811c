import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sitePages } from "../../scripts/docs/site-pages.ts";
import { startContext } from "./chromium.ts";
import { lowContrast } from "./contrast.ts";
import { serve } from "./served-site.ts";

/** Every page of the site that `make docs` makes, as readers have it: wide and on a phone, light and dark. */
const pages = sitePages().map(({ path }) => path);
const sizes = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } } as const;
/** A folder for pictures of every page, for somebody to look at. */
const pictures = process.env["SHUNT_SITE_PICTURES"];

let browser: Awaited<ReturnType<typeof startContext>>;
let site: Awaited<ReturnType<typeof serve>>;
let page: Page;
const complaints: string[] = [];
/** Of each page that was looked at: what can be linked to in it, and what it links to. */
const anchors = new Map<string, readonly string[]>();
const links: { readonly from: string; readonly to: string }[] = [];

beforeAll(async () => {
	execFileSync("make", ["docs"], { stdio: ["ignore", "ignore", "inherit"] });
	[browser, site] = await Promise.all([startContext(), serve("dist/site")]);
	page = await watched(browser.context);
}, 600_000);

afterAll(async () => {
	await browser?.close();
	await site?.close();
});

async function watched(context: BrowserContext): Promise<Page> {
	const opened = await context.newPage();
	opened.on("console", (message) => {
		if (!["log", "info", "debug"].includes(message.type())) {
			complaints.push(`console: ${message.text()}`);
		}
	});
	opened.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
	opened.on("response", (response) => {
		if (response.status() >= 400) {
			complaints.push(`${response.status()}: ${response.url()}`);
		}
	});
	await opened.route("**/*", async (route) => {
		const url = route.request().url();
		if (url.startsWith(site.origin) || url.startsWith("data:")) {
			await route.continue();
		} else {
			complaints.push(`request: ${url}`);
			await route.abort();
		}
	});
	return opened;
}

const addressOf = (path: string) => `${site.origin}/${path}.html`;

async function look(path: string, size: keyof typeof sizes, colorScheme: "light" | "dark") {
	await page.setViewportSize(sizes[size]);
	await page.emulateMedia({ colorScheme });
	await page.goto(addressOf(path), { waitUntil: "networkidle" });
	if (pictures !== undefined) {
		mkdirSync(pictures, { recursive: true });
		await page.screenshot({
			path: `${pictures}/${path.replaceAll("/", "-")}.${size}.${colorScheme}.png`,
			fullPage: false,
		});
	}
}

describe.each(pages)("the page %s", (path) => {
	it("loads, shows its pictures, and says and asks nothing that it should not", async () => {
		const before = complaints.length;
		await look(path, "wide", "light");
		expect((await page.textContent("main h1"))?.trim()).not.toBe("");
		const broken = await page.evaluate(() =>
			[...document.querySelectorAll("main img")]
				.filter((image) => (image as HTMLImageElement).naturalWidth === 0)
				.map((image) => image.getAttribute("src")),
		);
		expect(broken).toEqual([]);
		const { ids, targets } = await page.evaluate(() => ({
			ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
			targets: [...document.querySelectorAll("a[href]")].map((link) => (link as HTMLAnchorElement).href),
		}));
		anchors.set(addressOf(path), ids);
		links.push(...targets.map((to) => ({ from: path, to })));
		expect((await lowContrast(page)).low).toEqual([]);
		expect(complaints.slice(before)).toEqual([]);
	});

	it("is dark where its reader wants that, and can be read", async () => {
		await look(path, "wide", "dark");
		const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		const brightest = Math.max(...(background.match(/\d+/g) ?? ["255"]).slice(0, 3).map(Number));
		expect(brightest).toBeLessThan(64);
		expect((await lowContrast(page)).low).toEqual([]);
	});

	it("fits on a phone", async () => {
		await look(path, "phone", "light");
		const [content, screen] = await page.evaluate(() => [
			document.documentElement.scrollWidth,
			document.documentElement.clientWidth,
		]);
		expect(content).toBe(screen);
	});
});

describe("the site", () => {
	it("links to no page and no heading that is not there", () => {
		const own = links.filter(({ to }) => to.startsWith(site.origin));
		expect(own.length).toBeGreaterThan(pages.length);
		const dead = own.filter(({ to }) => {
			const { origin, pathname, hash } = new URL(to);
			const address = `${origin}${pathname.endsWith("/") ? `${pathname}index.html` : pathname}`;
			const ids = anchors.get(address);
			return ids === undefined || (hash !== "" && !ids.includes(decodeURIComponent(hash.slice(1))));
		});
		expect(dead).toEqual([]);
	});

	it("has every page in its sidebar", async () => {
		await look("index", "wide", "light");
		const listed = await page.evaluate(() =>
			[...document.querySelectorAll(".VPSidebar a")].map((link) => (link as HTMLAnchorElement).pathname),
		);
		const wanted = pages.map((path) => (path === "index" ? "/" : `/${path}.html`));
		expect(wanted.filter((path) => !listed.includes(path))).toEqual([]);
	});

	it("is searched without asking anybody", async () => {
		const before = complaints.length;
		await look("index", "wide", "light");
		await page.locator("#local-search button").click();
		await page.locator("#localsearch-input").fill("xtables lock");
		await page.locator(".VPLocalSearchBox .result").first().waitFor();
		const found = await page.locator(".VPLocalSearchBox .result").allTextContents();
		expect(found.join("\n").toLowerCase()).toContain("lock");
		expect(complaints.slice(before)).toEqual([]);
	});

	it("says that a page is not there, and leads back", async () => {
		await page.goto(`${site.origin}/404.html`);
		await page.locator(".NotFound").waitFor();
		expect(await page.locator(".NotFound a").getAttribute("href")).toBe("/");
	});
});
