import { createHash } from "node:crypto";
import { exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { type PageData, pageHtml } from "../../explain/page-html.ts";
import type { ExplainIo } from "./explain-io.ts";
import type { Failed } from "./subjects.ts";

/** Writes the page to a file, or to standard output for `-`. */
export function writePage(data: PageData, path: string, io: ExplainIo): Failed | undefined {
	const html = pageHtml(data, pageBundle(), (text) => createHash("sha256").update(text).digest("base64"));
	if (path === "-") {
		io.stdout(html);
		return undefined;
	}
	try {
		io.writeFile(path, html);
	} catch (error) {
		const reason = error instanceof Error ? error.message : `${error}`;
		const message = harmless(`the page could not be written: --html ${JSON.stringify(path)}: ${reason}`);
		return { ok: false, exitCode: exitCodes.failed, messages: [message] };
	}
	io.stderr(`wrote ${harmless(path)}\n`);
	return undefined;
}

/** The page's program and its looks, as scripts/build.mjs makes them of page/ and puts them here. */
interface PageBundle {
	readonly script: string;
	readonly style: string;
}

declare const __EXPLAIN_PAGE__: PageBundle | undefined;

/** Only what was built has it. */
function pageBundle(): PageBundle {
	if (typeof __EXPLAIN_PAGE__ === "undefined") {
		throw new Error("the page is made by the build: run bin/shunt");
	}
	return __EXPLAIN_PAGE__;
}
