import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** A Chromium of its own, with an empty profile, and what its pages did that they should not. */
export interface Browser {
	/** Opens a file, with nothing asked of any network: what is asked is noted and refused. */
	open(path: string): Promise<Page>;
	/** Console messages above "info", uncaught errors, and requests, of all pages so far. */
	readonly complaints: readonly string[];
	close(): Promise<void>;
}

/** As root there is no sandbox to be had; the rest keeps a test machine's browser from calling anybody. */
const flags = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

export async function startBrowser(): Promise<Browser> {
	const complaints: string[] = [];
	const { context, close } = await startContext();
	return { complaints, open: (path) => open(context, path, complaints), close };
}

/** A Chromium with an empty profile, which goes with it. */
export async function startContext(): Promise<{
	readonly context: BrowserContext;
	close(): Promise<void>;
}> {
	const profile = mkdtempSync(`${tmpdir()}/shunt-chromium-`);
	const executablePath = execFileSync("scripts/ensure-chromium.sh", { encoding: "utf8" }).trim();
	const context = await chromium.launchPersistentContext(profile, {
		executablePath,
		headless: true,
		args: flags,
		timeout: 120_000,
	});
	context.setDefaultTimeout(120_000);
	return {
		context,
		close: async () => {
			await context.close();
			rmSync(profile, { recursive: true, force: true });
		},
	};
}

async function open(context: BrowserContext, path: string, complaints: string[]): Promise<Page> {
	const page = await context.newPage();
	const url = `file://${path}`;
	page.on("console", (message) => {
		if (!["log", "info", "debug"].includes(message.type())) {
			complaints.push(`console: ${message.text()}`);
		}
	});
	page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
	await page.route("**/*", async (route) => {
		if (route.request().url() === url) {
			await route.continue();
		} else {
			complaints.push(`request: ${route.request().url()}`);
			await route.abort();
		}
	});
	await page.goto(url);
	await page.locator("#sentence").waitFor();
	return page;
}
