import { describe, expect, it } from "vitest";
import { asksForJson } from "../command/failure.ts";
import { formatProblem } from "../domain/problem.ts";
import { parseInitOptions } from "./options.ts";

const ports = ["-p", "4143", "-o", "4140", "-u", "2102"];

function accept(...argv: string[]) {
	const parsed = parseInitOptions([...ports, ...argv], "shunt init");
	if (!parsed.ok) {
		throw new Error(parsed.problems.map(formatProblem).join("\n"));
	}
	return parsed.value;
}

function refuse(...argv: string[]): string[] {
	const parsed = parseInitOptions(argv, "shunt init");
	return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe("the options", () => {
	it("are the reference program's defaults when only the ports are given", () => {
		expect(accept()).toMatchObject({
			mode: "legacy",
			wait: false,
			simulate: false,
			netns: undefined,
			closeWaitSeconds: undefined,
			output: "text",
			logFormat: "plain",
			logLevel: "info",
			policy: {
				families: ["ipv4", "ipv6"],
				inbound: { portsToRedirect: [] },
				outbound: { proxyGid: undefined },
			},
			warnings: [],
		});
	});

	it.each([
		[[], "legacy"],
		[["--iptables-mode", "iptables"], "legacy"],
		[["--iptables-mode="], "legacy"],
		[["--firewall-bin-path", "iptables"], "plain"],
		[["--firewall-bin-path", "iptables-nft", "--firewall-save-bin-path", "iptables-nft-save"], "nft"],
		[["--firewall-save-bin-path", "iptables-nft-save"], "nft"],
		[["--firewall-bin-path", "iptables-nft", "--iptables-mode", "plain"], "plain"],
	])("make of %j the mode %s", (argv, mode) => {
		expect(accept(...argv).mode).toBe(mode);
	});

	it("take lists repeated, with commas, blanks and quotation marks", () => {
		const { inbound } = accept(
			"--inbound-ports-to-ignore",
			' 80 , "90-91"',
			"--inbound-ports-to-ignore=100",
		).policy;
		expect(inbound.portsToIgnore).toEqual([
			{ low: 80, high: 80 },
			{ low: 90, high: 91 },
			{ low: 100, high: 100 },
		]);
	});

	it("let the last of a repeated value decide", () => {
		expect(accept("-p", "5", "--ipv6=false", "--ipv6").policy).toMatchObject({
			families: ["ipv4", "ipv6"],
			inbound: { proxyPort: 5 },
		});
	});

	it.each(["1", "t", "T", "true", "TRUE", "True"])("take %s for true", (text) => {
		expect(accept(`-w=${text}`).wait).toBe(true);
	});

	it.each(["panic", "FATAL", "error", "warning", "warn", "Info", "debug", "trace"])(
		"know the log level %s",
		(text) => {
			expect(accept("--log-level", text).logLevel).toBe(text.toLowerCase().replace("warning", "warn"));
		},
	);

	it("treat user and group -1 and 0 as none, and warn of the loop", () => {
		const { policy, warnings } = accept("-u", "0", "-g=-1");
		expect(policy.outbound).toMatchObject({ proxyUid: undefined, proxyGid: undefined });
		expect(warnings).toEqual([expect.stringContaining("a loop")]);
	});

	it("warn of a subnet with host bits", () => {
		expect(accept("--subnets-to-ignore", "172.16.5.4/12").warnings).toEqual([
			"172.16.5.4/12 has bits set beyond its prefix: it means 172.16.0.0/12",
		]);
	});
});

describe("bad input", () => {
	it.each([
		["--inbound-ports-to-ignore", "0"],
		["--inbound-ports-to-ignore", "65536"],
		["--inbound-ports-to-ignore", "80-70"],
		["--inbound-ports-to-ignore", "1-2-3"],
		["--inbound-ports-to-ignore", "80,,90"],
		["--inbound-ports-to-ignore", ""],
		["--inbound-ports-to-ignore", "080"],
		["--inbound-ports-to-ignore", "-80"],
		["--inbound-ports-to-ignore", "$(id)"],
		["--inbound-ports-to-ignore", "80 -j ACCEPT"],
		["--inbound-ports-to-ignore", "80\n-A INPUT -j DROP"],
		["--inbound-ports-to-ignore", '"80'],
		["--ports-to-redirect", "80-90"],
		["--outgoing-proxy-port", ""],
		["--outgoing-proxy-port", "4140.0"],
		["--outgoing-proxy-port", "+4140"],
		["--subnets-to-ignore", "10.0.0.0"],
		["--subnets-to-ignore", "10.0.0.0/33"],
		["--subnets-to-ignore", "10.0.0/8"],
		["--subnets-to-ignore", "10.0.0.0/08"],
		["--subnets-to-ignore", "010.0.0.0/8"],
		["--subnets-to-ignore", "10.0.0.0/8/8"],
		["--subnets-to-ignore", "fd00::/129"],
		["--subnets-to-ignore", "fe80::1%eth0/64"],
		["--subnets-to-ignore", "fd00:::1/64"],
		["--subnets-to-ignore", "1:2:3:4:5:6:7:8:9/64"],
		["--outbound-subnets-to-ignore", "10.0.0.0/8 -j ACCEPT"],
		["--outbound-interfaces-to-ignore", "eth0 -j ACCEPT"],
		["--outbound-interfaces-to-ignore", "eth+"],
		["--outbound-interfaces-to-ignore", "averyveryverylongname"],
		["--uids-to-ignore", "root"],
		["--proxy-uid", "-2"],
		["--proxy-uid", "4294967295"],
		["--iptables-mode", "nftt"],
		["--firewall-bin-path", "/sbin/iptables"],
		["--firewall-save-bin-path", "iptables-nft"],
		["--timeout-close-wait-secs", "-5"],
		["--ipv6=maybe", ""],
		["--log-format", "xml"],
		["--log-level", "loud"],
		["--output", "yaml"],
	])("%s %j is refused, with the value and the accepted form", (flag, value) => {
		const argv = flag.includes("=") ? [flag] : [flag, value];
		const problems = refuse(...ports, ...argv);
		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatch(/^--[a-z0-9-]+: ".*" .* \(want .+\)$/);
		expect(problems[0]?.startsWith(flag.split("=")[0] ?? "")).toBe(true);
	});

	it("is reported all at once", () => {
		expect(refuse("-p", "0", "--subnets-to-ignore", "x,10.0.0.0/8,y", "--iptables-mode", "z")).toEqual([
			'--incoming-proxy-port: "0" is not a valid TCP port (want a whole number from 1 to 65535)',
			"--outgoing-proxy-port: is required (want --outgoing-proxy-port PORT)",
			'--iptables-mode: "z" is not a mode (want one of legacy, nft, plain, nftables, auto ("iptables" is another name for legacy))',
			expect.stringMatching(/^--subnets-to-ignore: "x"/),
			expect.stringMatching(/^--subnets-to-ignore: "y"/),
		]);
	});

	it("is reported together with flags that do not exist", () => {
		expect(refuse("-p", "1", "--nope", "-o", "0", "stray")).toEqual([
			expect.stringMatching(/^--nope: is not a flag/),
			expect.stringMatching(/^arguments: "stray"/),
			expect.stringMatching(/^--outgoing-proxy-port: "0"/),
		]);
	});

	it("includes two modes at once", () => {
		expect(
			refuse(...ports, "--firewall-bin-path=iptables", "--firewall-save-bin-path=iptables-nft-save"),
		).toEqual([expect.stringContaining("names another mode")]);
	});
});

describe("the wish for JSON", () => {
	it.each([
		[["-p", "0", "--output", "json"], "json"],
		[["--output=json", "-p"], "json"],
		[["--output", "jsonp"], "text"],
		[[], "text"],
	])("is found in %j: %s", (argv, format) => {
		expect(asksForJson(argv)).toBe(format);
	});
});
