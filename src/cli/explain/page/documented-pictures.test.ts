import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { fake, installDocument } from "../../../../test/support/fake-document.ts";
import { explain } from "../../../explain/explain.ts";
import { flagRules } from "../../../explain/flags-subject.ts";
import { readPacket } from "../../../explain/packet.ts";
import { directionOf, type PacketRequest } from "../../../explain/packet-fields.ts";
import { pathViews } from "../../../explain/path-view.ts";
import { diagram } from "./diagram.ts";
import { wide } from "./geometry.ts";

afterAll(installDocument());

/** The rules that the injector asks for by default. */
const flags = [
	"-p=4143",
	"-o=4140",
	"--proxy-uid=2102",
	"--inbound-ports-to-ignore=4190,4191,4567,4568",
	"--outbound-ports-to-ignore=4567,4568",
];

interface Picture {
	readonly mode: string;
	/** A packet for each direction that is drawn as taken. */
	readonly packets: readonly PacketRequest[];
}

const arriving: PacketRequest = { direction: "inbound", from: "10.244.1.7", port: "8080" };
const leaving: PacketRequest = { direction: "outbound", to: "10.96.0.20", port: "3306", uid: "1000" };

/** The pictures of docs/, drawn as the page of `shunt explain` draws, of the plan that the flags come to. */
const pictures: Readonly<Record<string, Picture>> = {
	redirection: { mode: "nft", packets: [arriving, leaving] },
	"redirection-nftables": { mode: "nftables", packets: [arriving, leaving] },
	"inbound-redirected": { mode: "nft", packets: [arriving] },
	"inbound-skipped-port": { mode: "nft", packets: [{ ...arriving, port: "4191" }] },
	"outbound-redirected": { mode: "nft", packets: [leaving] },
	"outbound-proxy-user": { mode: "nft", packets: [{ ...leaving, uid: "2102" }] },
	"outbound-loopback": { mode: "nft", packets: [{ ...leaving, to: "127.0.0.1", interface: "lo" }] },
};

const style = readFileSync("src/cli/explain/page/page.css", "utf8");

/** Of the page's looks, its colours, by day and by night, and what is about the drawing. */
function drawingStyle(): string {
	const rules =
		style.match(/^(?:@media \(prefers-color-scheme: dark\) \{[\s\S]*?^\}|[^\s@}][^{}]*\{[^}]*\})/gm) ?? [];
	const wanted = rules.filter((rule) => /^(:root|@media|\.diagram|\.path)/.test(rule));
	return wanted
		.join("\n")
		.replaceAll(/\s+/g, " ")
		.replace(/ ?([{};:,]) ?/g, "$1");
}

function draw({ mode, packets }: Picture): string {
	const found = flagRules([...flags, `--iptables-mode=${mode}`], "shunt init");
	if (!found.ok) {
		throw new Error(found.problems.map(({ complaint }) => complaint).join());
	}
	const { rules } = found.value;
	const traces = packets.map((request) => {
		const asked = readPacket(request);
		if (!asked.ok) {
			throw new Error(asked.problems.map(({ source, complaint }) => `${source} ${complaint}`).join());
		}
		return explain(rules, asked.value);
	});
	const untouched = pathViews(rules, "ipv4", undefined);
	const views = untouched.map((view) => {
		const trace = traces.find(({ asked }) => asked.direction === directionOf(view.hook));
		return pathViews(rules, "ipv4", trace).find(({ hook }) => hook === view.hook) ?? view;
	});
	const [packet, another] = packets;
	const isLoopback = packet?.interface === "lo";
	const drawn = fake(
		diagram(wide, views, {
			sentence: traces.map(({ sentence }) => sentence).join(" "),
			application:
				another !== undefined ? "" : packet?.uid === undefined ? `port ${packet?.port}` : `uid ${packet.uid}`,
			peer: another !== undefined || isLoopback ? "" : `${packet?.from ?? packet?.to}`,
			staysInPod: isLoopback,
		}),
	);
	drawn.attributes.set("xmlns", "http://www.w3.org/2000/svg");
	expect(drawn.textContent).not.toMatch(/[<&]/);
	// What is behind it is not the page's business: its reader may have set another scheme there than on the machine.
	const ground = `<style>${drawingStyle()}svg{font-family:system-ui,"DejaVu Sans",sans-serif}</style><rect width="100%" height="100%" rx="14" fill="var(--card)"></rect>`;
	return `${`${drawn}`.replace(/<\/title>/, `</title>${ground}`)}\n`;
}

/** `UPDATE_GOLDEN=1` writes them anew. */
describe("the documented pictures", () => {
	it.each(Object.entries(pictures))("%s is what shunt explain draws", (name, picture) => {
		const file = `docs/images/${name}.svg`;
		const text = draw(picture);
		if (process.env["UPDATE_GOLDEN"] === "1") {
			writeFileSync(file, text);
		}
		expect(existsSync(file)).toBe(true);
		expect(text).toBe(readFileSync(file, "utf8"));
	});

	it("are each shown on a page", () => {
		const pages = ["docs/index.md", "docs/how-redirection-works.md"].map((page) =>
			readFileSync(page, "utf8"),
		);
		const unseen = Object.keys(pictures).filter((name) => !pages.join().includes(`(images/${name}.svg)`));
		expect(unseen).toEqual([]);
	});
});
