import { harmlessJson } from "../domain/harmless.ts";
import { version } from "../domain/version.ts";
import type { PacketRequest } from "./packet-fields.ts";
import type { Section } from "./ruleset-summary.ts";
import type { Subject } from "./subject.ts";
import { summarize } from "./summary.ts";

/** What the page is about. */
export interface PageData {
	readonly subjects: readonly Subject[];
	/** What its fields say at first. */
	readonly packet: PacketRequest;
}

/** What the page's program finds in it. */
export interface PagePayload extends PageData {
	/** For each subject. */
	readonly summaries: readonly (readonly Section[])[];
	readonly version: string;
}

/** The page's program and looks. */
interface Bundle {
	readonly script: string;
	readonly style: string;
}

/**
 * One file that asks nothing of any network and runs no code but its own, which its security policy names by hash. What
 * was read from manifests and kernels is in it as JSON alone, where no markup can begin; the program shows it as text.
 * `sha256` answers in base64.
 */
export function pageHtml(
	data: PageData,
	{ script, style }: Bundle,
	sha256: (text: string) => string,
): string {
	const payload: PagePayload = {
		...data,
		summaries: data.subjects.map(({ rules }) => summarize(rules)),
		version,
	};
	const policy = [
		"default-src 'none'",
		`script-src 'sha256-${sha256(script)}'`,
		`style-src 'sha256-${sha256(style)}'`,
		"base-uri 'none'",
		"form-action 'none'",
	].join("; ");
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>shunt explain</title>
<style>${style}</style>
</head>
<body>
<noscript><p>This page works out a packet's way by itself, for which it needs JavaScript.</p></noscript>
<main id="page"></main>
<script type="application/json" id="payload">${scriptSafe(payload)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON with nothing in it that could end a script element, begin a comment in one, end a line of JavaScript, or steer a terminal. */
export function scriptSafe(value: unknown): string {
	return harmlessJson(value).replace(
		/[<>&]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}
