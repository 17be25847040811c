import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/explain.ts";
import { flagRules } from "../../src/explain/flags-subject.ts";
import { readPacket } from "../../src/explain/packet.ts";
import { pageHtml } from "../../src/explain/page-html.ts";
import { pathViews } from "../../src/explain/path-view.ts";
import { explained, explainedAsJson } from "./run.ts";

const flags = ["-p", "4143", "-o", "4140", "-u", "2102"];

describe("the chains that rules will stand in", () => {
	it.each([
		["legacy", "PROXY_INIT_OUTPUT", "PROXY_INIT_REDIRECT"],
		["nft", "PROXY_INIT_OUTPUT", "PROXY_INIT_REDIRECT"],
		["plain", "PROXY_INIT_OUTPUT", "PROXY_INIT_REDIRECT"],
		["auto", "PROXY_INIT_OUTPUT", "PROXY_INIT_REDIRECT"],
		["nftables", "nftables inet shunt output", "nftables inet shunt prerouting"],
	])("are named as mode %s names them", async (mode, output, prerouting) => {
		const asked = [...flags, "--iptables-mode", mode];
		expect((await explained([...asked, "outbound", "10.0.0.5:80"])).stdout).toContain(`${output} 1 `);
		expect((await explained([...asked, "inbound", "80"])).stdout).toContain(`${prerouting} 1 `);
	});

	it("are those of a manifest's init container too", async () => {
		const args = [...flags, "--iptables-mode", "nftables"];
		const pod = {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "web" },
			spec: {
				containers: [{ name: "web" }],
				initContainers: [{ name: "shunt-init", command: ["/shunt-init"], args }],
			},
		};
		const [subject] = await explainedAsJson(["-f", "-", "outbound", "10.0.0.5:80"], {
			stdin: JSON.stringify(pod),
		});
		expect(subject?.rules?.[0]).toMatchObject({ table: "nftables inet shunt", chain: "output" });
	});

	it("are what a release's values say for a pod whose annotations tell the rules", async () => {
		const pod = {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "web" },
			spec: { containers: [{ name: "web" }] },
		};
		const files = {
			"pod.json": JSON.stringify(pod),
			"values.yaml": "proxyInit: { iptablesMode: nftables }\n",
		};
		const args = ["-f", "pod.json", "--config", "values.yaml", "inbound", "80"];
		const [subject] = await explainedAsJson(args, { files });
		expect(subject?.rules?.[0]).toMatchObject({ table: "nftables inet shunt", chain: "prerouting" });
	});

	it("are what the drawing shows, as visited", async () => {
		const read = flagRules([...flags, "--iptables-mode", "nftables"], "test");
		const rules = read.ok ? read.value.rules : { kind: "none" as const, why: "" };
		expect(pathViews(rules, "ipv4", undefined).map(({ chains }) => chains)).toEqual([
			[{ name: "shunt prerouting", visited: false }],
			[{ name: "shunt output", visited: false }],
		]);
	});

	it("are what the written page's program finds in it", () => {
		const read = flagRules([...flags, "--iptables-mode", "nftables"], "test");
		const asked = readPacket({ direction: "inbound", port: "80" });
		if (!read.ok || !asked.ok) {
			throw new Error("flags and packet are right");
		}
		const { rules } = read.value;
		const subject = { label: "these flags", source: "flags", rules, notes: [], sender: {} };
		const html = pageHtml({ subjects: [subject], packet: {} }, { script: "", style: "" }, () => "");
		const [, payload = ""] =
			/<script type="application\/json" id="payload">(.*)<\/script>\n/.exec(html) ?? [];
		const [found] = JSON.parse(payload).subjects;
		expect(explain(found.rules, asked.value).steps[0]).toMatchObject({
			table: "nftables inet shunt",
			chain: "prerouting",
		});
	});
});
