import { createHash } from "node:crypto";
import { exitCodes } from "../../domain/exit-code.ts";
import { harmless } from "../../domain/harmless.ts";
import { type PageData, pageHtml } from "../../explain/page-html.ts";
import type { Failed } from "./failure.ts";
import { pageBundle } from "./page-bundle.ts";
import type { ExplainWorld } from "./world.ts";

/** Writes the page to a file, or to standard output for `-`. */
export function writePage(data: PageData, path: string, world: ExplainWorld): Failed | undefined {
	const html = pageHtml(data, pageBundle(), (text) => createHash("sha256").update(text).digest("base64"));
	if (path === "-") {
		world.stdout(html);
		return undefined;
	}
	try {
		world.writeFile(path, html);
	} catch (error) {
		const reason = error instanceof Error ? error.message : `${error}`;
		const message = harmless(`the page could not be written: --html ${JSON.stringify(path)}: ${reason}`);
		return { ok: false, exitCode: exitCodes.failed, messages: [message] };
	}
	world.stderr(`wrote ${harmless(path)}\n`);
	return undefined;
}
