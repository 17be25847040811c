import fc from "fast-check";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatAddress } from "../../src/domain/cidr.ts";
import { describePacket } from "../../src/explain/sentence.ts";
import { initArgs } from "../../src/inject/init-container.ts";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";
import { evaluate, type Packet } from "../../src/rules/evaluate.ts";
import { plan } from "../../src/rules/plan.ts";
import { packet, policy } from "../support/arbitraries.ts";
import { restore } from "../support/dialect.ts";
import { explainOne } from "../support/explain-run.ts";
import { istioRules } from "../support/foreign-meshes.ts";
import { withNetns } from "../support/netns.ts";
import { type Browser, startBrowser } from "./chromium.ts";
import { lowContrast } from "./contrast.ts";
import { writeManifest, writePage } from "./written-page.ts";

/** Something at a later priority, and in it something that nobody understands. */
const laterTable = `table ip later {
	chain output {
		type nat hook output priority -90; policy accept;
		tcp dport 81 numgen random mod 2 0 redirect to :9
	}
}
`;

const manifests = "test/explain/manifests";
let browser: Browser;

beforeAll(async () => {
	browser = await startBrowser();
});

afterAll(() => browser?.close());

describe("the page", () => {
	it("loads without an error, a message or a request", async () => {
		const before = browser.complaints.length;
		const page = await browser.open(
			writePage(["-f", `${manifests}/skip-ports.yaml`, "outbound", "10.0.0.5:3306"]),
		);
		expect(await page.textContent("#sentence")).toMatch(
			/^An outbound connection of uid 1001 to 10\.0\.0\.5:3306 goes straight/,
		);
		expect(await page.textContent("h1")).toBe("deployment/orders");
		expect(await page.locator(".step.decides").count()).toBe(1);
		expect(browser.complaints.slice(before)).toEqual([]);
		await page.close();
	});

	it("would report a request, a message and an error if there were one", async () => {
		const page = await browser.open(writePage(["-f", `${manifests}/default.yaml`]));
		const before = browser.complaints.length;
		await page.evaluate(() => {
			document.body.append(Object.assign(document.createElement("img"), { src: "http://127.0.0.1:9/x.png" }));
			const script = document.createElement("script");
			script.textContent = "window.injected = true";
			document.body.append(script);
		});
		await expect.poll(() => browser.complaints.slice(before).join("\n")).toMatch(/Content Security Policy/);
		expect(await page.evaluate(() => "injected" in window)).toBe(false);
		await page.close();
	});

	it("answers for other fields as the evaluator does", async () => {
		const config = parseInjectConfig({});
		if (!config.ok) {
			throw new Error("the defaults are not valid");
		}
		const samples = fc.sample(fc.tuple(policy, fc.array(packet, { minLength: 8, maxLength: 8 })), {
			numRuns: 6,
			seed: 7,
		});
		const fates = new Set<string>();
		for (const [asked, packets] of samples) {
			const args = initArgs(asked, config.value, 0);
			const page = await browser.open(writePage([...args]));
			for (const one of packets) {
				await fill(page, one);
				const { fate } = evaluate(plan(asked), seen(one));
				fates.add(fate.kind);
				const sentence = (await page.textContent("#sentence")) ?? "";
				expect(sentence.startsWith(describePacket(seen(one))), sentence).toBe(true);
				expect(await page.getAttribute("#fate", "class")).toBe(`badge ${fate.kind}`);
				expect(await page.textContent("#fate")).toBe(
					fate.kind === "redirect" ? `To port ${fate.port}` : "Straight through",
				);
				const visited = evaluate(plan(asked), seen(one)).trace.length;
				expect(await page.locator(".step").count()).toBe(visited);
			}
			await page.close();
		}
		expect([...fates].sort()).toEqual(["pass", "redirect"]);
	});

	it("follows the rules of a namespace, other programs' too, as the command line does", () =>
		withNetns("browser", async (netns) => {
			restore(netns, "nft", "ipv4", istioRules);
			netns.run("nft", ["-f", "-"], laterTable);
			const page = await browser.open(writePage(["--netns", netns.path, "outbound", "10.0.0.5:80"]));
			for (const [direction, to, port, uid] of [
				["outbound", "10.0.0.5", "80", "1000"],
				["outbound", "10.0.0.5", "80", "1337"],
				["outbound", "10.0.0.5", "81", "1337"],
				["outbound", "127.0.0.1", "80", "1000"],
				["inbound", "10.0.0.5", "15008", ""],
				["inbound", "10.0.0.5", "80", ""],
			] as const) {
				await page.selectOption("#field-direction", direction);
				await page.fill("#field-to", to);
				await page.fill("#field-port", port);
				if (direction === "outbound") {
					await page.fill("#field-uid", uid);
				}
				const who = direction === "outbound" ? ["--uid", uid] : [];
				const said = explainOne(["--netns", netns.path, direction, `${to}:${port}`, ...who]);
				expect(await page.textContent("#sentence")).toBe(said.sentence);
				expect(await page.locator(".step").count()).toBe(said.rules.length);
			}
			expect(await page.textContent(".notes")).toContain("not understood");
			await page.close();
		}));

	it("marks the way that the packet takes and no other", async () => {
		const page = await browser.open(writePage(["-f", `${manifests}/default.yaml`, "inbound", "8080"]));
		expect(await page.locator(".path.redirect").count()).toBe(3);
		expect(await page.locator(".path.pass").count()).toBe(0);
		await page.fill("#field-port", "4191");
		expect(await page.locator(".path.redirect").count()).toBe(0);
		expect(await page.locator(".path.pass").count()).toBe(2);
		expect(await page.locator("text.visited").allTextContents()).toEqual(["PROXY_INIT_REDIRECT"]);
		await page.close();
	});

	it("says what is wrong with a field, beside it, and recovers", async () => {
		const page = await browser.open(
			writePage(["-f", `${manifests}/default.yaml`, "outbound", "10.0.0.5:80"]),
		);
		await page.fill("#field-to", "10.0.0");
		expect(await page.getAttribute("#field-to", "aria-invalid")).toBe("true");
		expect(await page.textContent("#field-to-note")).toContain("is not an address");
		expect(await page.textContent("#sentence")).toBe("Something in the packet is not right yet.");
		await page.fill("#field-to", "10.0.0.6");
		expect(await page.getAttribute("#field-to", "aria-invalid")).not.toBe("true");
		expect(await page.textContent("#sentence")).toContain("to 10.0.0.6:80");
		await page.close();
	});

	it("lets one choose among several pods", async () => {
		const page = await browser.open(writePage(["-f", `${manifests}/cni.yaml`, "outbound", "10.0.0.5:80"]));
		expect(await page.locator("#subject option").allTextContents()).toEqual([
			"statefulset/cache",
			"cronjob/report",
		]);
		expect(await page.textContent("#fate")).toBe("To port 4140");
		await page.selectOption("#subject", "1");
		expect(await page.textContent("#fate")).toBe("Straight through");
		expect(await page.textContent("#sentence")).toContain("linkerd.io/inject: disabled");
		await page.close();
	});

	it("works with the keyboard alone, each control with a name", async () => {
		const page = await browser.open(writePage(["-f", `${manifests}/cni.yaml`, "outbound", "10.0.0.5:80"]));
		const names: string[] = [];
		for (let index = 0; index < 10; index++) {
			await page.keyboard.press("Tab");
			names.push(
				await page.evaluate(() => {
					const control = document.activeElement as HTMLInputElement;
					return control.labels?.[0]?.textContent ?? control.tagName;
				}),
			);
		}
		expect(names).toEqual([
			"Show",
			"Direction",
			"Protocol",
			"Family",
			"From address",
			"To address",
			"Port",
			"User (uid)",
			"Group (gid)",
			"Interface",
		]);
		expect(await page.getAttribute("svg", "aria-labelledby")).toBe("diagram-title");
		expect(await page.textContent("#diagram-title")).toContain("to 10.0.0.5:80");
		await page.close();
	});
});

describe("what was read from outside", () => {
	it.each([
		"</script><script>window.owned=1</script>",
		"<!--<script>",
		"<img src=x onerror=window.owned=1>",
		"\"'`$\u007bwindow.owned=1}",
		"\u2028\u2029\u202e 漢字 \ud83d\ude80",
	])("is shown as text and nothing more: %s", async (hostile) => {
		const before = browser.complaints.length;
		const manifest = writeManifest({
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: hostile, annotations: { "shunt.dev/inject": "enabled" } },
			spec: {
				containers: [{ name: hostile, image: "x", securityContext: { runAsUser: 2102 } }],
				initContainers: [
					{
						name: `init ${hostile}`,
						command: ["/proxy-init"],
						args: ["-p", "4143", "-o", "4140", "-u", "2102"],
					},
				],
			},
		});
		const page = await browser.open(writePage(["-f", manifest, "outbound", "10.0.0.5:80"]));
		expect(await page.textContent("h1")).toBe(`pod/${hostile}`);
		expect(await page.textContent("#source")).toContain(`init ${hostile}`);
		expect(await page.textContent(".notes")).toContain(hostile);
		expect(await page.evaluate(() => "owned" in window)).toBe(false);
		expect(await page.locator("img").count()).toBe(0);
		expect(await page.locator("script").count()).toBe(2);
		expect(browser.complaints.slice(before)).toEqual([]);
		await page.close();
	});
});

it("the judge of contrast sees what is too faint", async () => {
	const page = await browser.open(writePage(["-f", `${manifests}/default.yaml`, "inbound", "8080"]));
	await page.evaluate(() => {
		document.querySelector("h1")?.style.setProperty("color", "#f0f0f4");
		document.querySelector<SVGElement>("text.hook")?.style.setProperty("fill", "#e0e4f0");
	});
	const { low } = await lowContrast(page);
	expect(low.map(({ text }) => text)).toEqual(["pod/web-7c9d6b7f4d-x2x5k", "PREROUTING"]);
	await page.close();
});

it("a rule's comment in a kernel is shown as text and nothing more", () =>
	withNetns("browser", async (netns) => {
		const before = browser.complaints.length;
		const hostile = "</script><script>window.owned=1</script><img src=x>";
		restore(netns, "nft", "ipv4", [
			`-A OUTPUT -p tcp -m comment --comment "${hostile}" -j REDIRECT --to-ports 5`,
		]);
		const page = await browser.open(writePage(["--netns", netns.path, "outbound", "10.0.0.5:80"]));
		expect(await page.textContent(".step.decides")).toContain(hostile);
		expect(await page.evaluate(() => "owned" in window)).toBe(false);
		expect(await page.locator("script").count()).toBe(2);
		expect(browser.complaints.slice(before)).toEqual([]);
		await page.close();
	}));

describe.each([
	["wide", 1400],
	["narrow", 360],
] as const)("on a %s screen", (_, width) => {
	it.each(["light", "dark"] as const)("fits and can be read, %s", async (colorScheme) => {
		const page = await browser.open(writePage(["-f", `${manifests}/cni.yaml`, "outbound", "10.0.0.5:80"]));
		await page.setViewportSize({ width, height: 900 });
		await page.emulateMedia({ colorScheme });
		for (const [to, port] of [
			["10.200.200.200", "80"],
			["2001:db8:1234:5678:9abc:def0:1234:5678", "6379"],
			["nowhere", "80"],
		] as const) {
			await page.fill("#field-to", to);
			await page.fill("#field-port", port);
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
			const { looked, low } = await lowContrast(page);
			expect(looked).toBeGreaterThan(40);
			expect(low).toEqual([]);
		}
		await page.close();
	});

	it("keeps long names and long rules inside", async () => {
		const name = "a-very-long-name-that-somebody-once-gave-to-a-deployment-without-thinking-of-phones".repeat(
			2,
		);
		const ports = Array.from({ length: 200 }, (_, index) => 20_000 + index * 7).join(",");
		const manifest = writeManifest({
			apiVersion: "apps/v1",
			kind: "Deployment",
			metadata: { name },
			spec: {
				template: {
					metadata: { annotations: { "config.shunt.dev/skip-outbound-ports": ports } },
					spec: { containers: [{ name: "a" }] },
				},
			},
		});
		const page = await browser.open(
			writePage(["-f", manifest, "outbound", "[2001:db8:1234:5678:9abc:def0:1234:5678]:80"]),
		);
		await page.setViewportSize({ width, height: 900 });
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
		await page.close();
	});
});

describe.each([
	["a small phone", 320, 640],
	["a phone", 360, 740],
	["a larger phone", 390, 844],
	["a wide screen", 1400, 900],
] as const)("on %s", (_, width, height) => {
	const long = "orders-of-the-shop-in-the-eu-west-region-canary-7c9d6b7f4d-x2x5k";
	it.each([
		["one pod", () => ["-f", `${manifests}/default.yaml`]],
		["several", () => ["-f", `${manifests}/cni.yaml`]],
		["a long name", () => ["-f", writeManifest(podNamed(long))]],
		["mode nftables", () => ["-p", "4143", "-o", "4140", "--iptables-mode", "nftables"]],
	])("the answer is in sight before anything is touched: %s", async (_what, rules) => {
		const page = await browser.open(writePage([...rules(), "outbound", "10.0.0.5:3306"]));
		await page.setViewportSize({ width, height });
		for (const id of ["#fate", "#sentence"]) {
			const { y = -1, height: own = 0 } = (await page.locator(id).boundingBox()) ?? {};
			expect(y, id).toBeGreaterThanOrEqual(0);
			expect(y + own, id).toBeLessThanOrEqual(height);
		}
		expect(await page.evaluate(() => scrollY)).toBe(0);
		await page.close();
	});

	it("the answer comes before the form, in what is seen as in what is read aloud", async () => {
		const page = await browser.open(writePage(["-f", `${manifests}/default.yaml`, "inbound", "8080"]));
		await page.setViewportSize({ width, height });
		const isFirst = await page.evaluate(() => {
			const [answer, form] = [document.querySelector("#sentence"), document.querySelector("form")];
			const follows = answer?.compareDocumentPosition(form as Node) === Node.DOCUMENT_POSITION_FOLLOWING;
			const top = (element: Element | null) => element?.getBoundingClientRect().top ?? Number.NaN;
			return { follows, isAbove: top(answer) < top(form) };
		});
		expect(isFirst).toEqual({ follows: true, isAbove: width < 961 });
		await page.close();
	});
});

function podNamed(name: string) {
	return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers: [{ name: "web" }] } };
}

/** The page leaves out whom nobody knows of a packet that arrives. */
function seen(one: Packet): Packet {
	if (one.hook === "output") {
		return { ...one, uid: one.uid ?? 0, gid: one.gid ?? 0 };
	}
	const { uid: _uid, gid: _gid, ...rest } = one;
	return rest;
}

async function fill(page: Page, one: Packet): Promise<void> {
	await page.selectOption("#field-direction", one.hook === "output" ? "outbound" : "inbound");
	await page.selectOption("#field-protocol", one.protocol);
	await page.fill("#field-from", formatAddress(one.source));
	await page.fill("#field-to", formatAddress(one.destination));
	await page.fill("#field-port", `${one.destinationPort}`);
	await page.fill("#field-interface", one.interface);
	if (one.hook === "output") {
		await page.fill("#field-uid", one.uid === undefined ? "" : `${one.uid}`);
		await page.fill("#field-gid", one.gid === undefined ? "" : `${one.gid}`);
	}
}
