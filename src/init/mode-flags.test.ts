import { expect, test } from "vitest";
import { parseInitOptions } from "./options.ts";

const ports = ["-p", "4143", "-o", "4140", "-u", "2102"];

function modeOf(...argv: string[]): string {
	const parsed = parseInitOptions([...ports, ...argv], "shunt init");
	return parsed.ok ? parsed.value.mode : parsed.problems.map(({ source }) => source).join(" ");
}

test.each([
	[[], "legacy"],
	[["--iptables-mode", ""], "legacy"],
	[["--iptables-mode", "iptables"], "legacy"],
	[["--iptables-mode", "legacy", "--iptables-mode", "plain"], "plain"],
	[["--firewall-bin-path", "iptables-legacy"], "legacy"],
	[["--firewall-bin-path", "iptables-nft", "--firewall-save-bin-path", "iptables-nft-save"], "nft"],
	[["--firewall-bin-path", "iptables"], "plain"],
	[["--firewall-bin-path", "", "--firewall-save-bin-path", ""], "legacy"],
])("%j asks for mode %s", (argv, mode) => {
	expect(modeOf(...argv)).toBe(mode);
});

test("the mode flag overrides the older pair, even where that names no mode of ours", () => {
	expect(modeOf("--iptables-mode", "nft", "--firewall-bin-path", "iptables-legacy")).toBe("nft");
	expect(modeOf("--firewall-bin-path", "/sbin/iptables", "--iptables-mode", "nft")).toBe("nft");
	expect(modeOf("--firewall-save-bin-path", "anything", "--iptables-mode", "plain")).toBe("plain");
});

test("without it a program of no known mode is a mistake, and so is a pair of two modes", () => {
	expect(modeOf("--firewall-bin-path", "/sbin/iptables")).toBe("--firewall-bin-path");
	expect(modeOf("--firewall-bin-path", "iptables", "--firewall-save-bin-path", "iptables-nft-save")).toBe(
		"--firewall-save-bin-path",
	);
	expect(modeOf("--iptables-mode", "bogus")).toBe("--iptables-mode");
});
