import { expect, test } from "vitest";
import { parseSimulation } from "./tool-inputs.ts";

test("each family's tool and input are found in what --simulate prints", () => {
	const table = "*nat\n-N A\n-A A -j RETURN\nCOMMIT\n";
	const output = `# iptables-nft-restore --noflush\n${table}# ip6tables-nft-restore --noflush -w\n${table}`;
	expect(parseSimulation(output)).toEqual([
		{ tool: "iptables-nft-restore", args: ["--noflush"], text: table },
		{ tool: "ip6tables-nft-restore", args: ["--noflush", "-w"], text: table },
	]);
});

test("one transaction for both families is one input", () => {
	const table = "table inet shunt {\n\tchain output {\n\t}\n}\n";
	expect(parseSimulation(`# nft -f -\n${table}`)).toEqual([{ tool: "nft", args: ["-f", "-"], text: table }]);
});
