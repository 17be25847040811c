import { describe, expect, it } from "vitest";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { hold, standard } from "../support/standard-policy.ts";

/** What is written, and how it should show in the error. */
interface Mistake {
	readonly args: readonly string[];
	readonly source: string;
	/** Absent where nothing was given. */
	readonly value?: string;
}

const notPorts = [
	"0",
	"65536",
	"-1",
	"80x",
	"0x50",
	"080",
	"1e3",
	"http",
	"",
	" ",
	"$(id)",
	"80 -j ACCEPT",
	"80\n-j ACCEPT",
];
const notRanges = [
	"",
	"0",
	"65536",
	"80-70",
	"1-2-3",
	"0-10",
	"1-65536",
	"8000:8010",
	"-",
	"80-",
	"-80",
	"$(id)",
];
const notSubnets = [
	...["10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0/16"],
	...[
		"010.0.0.0/8",
		"0x0a.0.0.0/8",
		"256.0.0.0/8",
		"10.0.0.0/255.0.0.0",
		"example.org/8",
		"10.0.0.0/8 -j ACCEPT",
	],
	...["fd00::/129", "fd00:::/8", "fd00::1::/64", "g::/8", "1:2:3:4:5:6:7/64", "1:2:3:4:5:6:7:8:9/64"],
	...[
		"fe80::1%eth0/64",
		"fe80::%1/64",
		"[fd00::]/8",
		"::ffff:10.0.0/104",
		"::ffff:300.0.0.1/104",
		"fd000::/8x",
	],
];

const mistakes: readonly Mistake[] = [
	...notPorts.flatMap((value) => [
		{ args: ["--incoming-proxy-port", value], source: "--incoming-proxy-port", value },
		{ args: [`-o=${value}`], source: "--outgoing-proxy-port", value },
	]),
	...notRanges.flatMap((value) => [
		{ args: [`--inbound-ports-to-ignore=${value}`], source: "--inbound-ports-to-ignore", value },
		{ args: [`--outbound-ports-to-ignore=${value}`], source: "--outbound-ports-to-ignore", value },
		{ args: [`--outbound-ports-to-redirect=${value}`], source: "--outbound-ports-to-redirect", value },
	]),
	...["80,,90", "80,", ","].map((list) => ({
		args: ["--inbound-ports-to-ignore", list],
		source: "--inbound-ports-to-ignore",
		value: "",
	})),
	{ args: ["--inbound-ports-to-ignore", "80\n90"], source: "--inbound-ports-to-ignore", value: "80\n90" },
	{ args: ["--ports-to-redirect", "80,80-90"], source: "--ports-to-redirect", value: "80-90" },
	...notSubnets.flatMap((value) => [
		{ args: ["--subnets-to-ignore", value], source: "--subnets-to-ignore", value },
		{ args: ["--outbound-subnets-to-ignore", value], source: "--outbound-subnets-to-ignore", value },
	]),
	...["-2", "4294967295", "root", "1.5", ""].flatMap((value) => [
		{ args: [`--proxy-uid=${value}`], source: "--proxy-uid", value },
		{ args: [`--proxy-gid=${value}`], source: "--proxy-gid", value },
	]),
	{ args: ["--uids-to-ignore", "0,-1"], source: "--uids-to-ignore", value: "-1" },
	...["eth0 -j ACCEPT", "sixteen-letters-", "eth+", 'a"b', "a/b", "-x"].map((value) => ({
		args: [`--inbound-interfaces-to-ignore=${value}`],
		source: "--inbound-interfaces-to-ignore",
		value,
	})),
	{ args: ["--iptables-mode", "bogus"], source: "--iptables-mode", value: "bogus" },
	{ args: ["--iptables-mode", "Legacy"], source: "--iptables-mode", value: "Legacy" },
	{ args: ["--ipv6=maybe"], source: "--ipv6", value: "maybe" },
	{ args: ["--use-wait-flag=yes"], source: "--use-wait-flag", value: "yes" },
	{ args: ["--timeout-close-wait-secs", "-1"], source: "--timeout-close-wait-secs", value: "-1" },
	{ args: ["--timeout-close-wait-secs", "1h"], source: "--timeout-close-wait-secs", value: "1h" },
	{ args: ["--output", "yaml"], source: "--output", value: "yaml" },
	{ args: ["--log-level", "loud"], source: "--log-level", value: "loud" },
	{ args: ["--log-format", "xml"], source: "--log-format", value: "xml" },
	{ args: ["--no-such-flag"], source: "--no-such-flag" },
	{ args: ["--no-such-flag=1"], source: "--no-such-flag" },
	{ args: ["-x"], source: "-x" },
	{ args: ["stray"], source: "arguments", value: "stray" },
];

const valueMissing: Mistake = { args: ["--proxy-uid"], source: "--proxy-uid" };

describe("a mistake alone", () => {
	for (const mistake of [...mistakes, valueMissing]) {
		it(`${JSON.stringify(mistake.args.join(" "))} ends with 64 and touches nothing`, () =>
			withNetns("mistake", (netns) => {
				hold(netns, "legacy", standard);
				const before = snapshot(netns);
				const { status, stderr } = init(netns, [...standard.args, "--iptables-mode", "nft", ...mistake.args]);
				expect(status).toBe(64);
				expect(linesOf(stderr)).toEqual(expect.arrayContaining([expect.stringMatching(lineFor(mistake))]));
				expect(snapshot(netns)).toBe(before);
			}));
	}

	it.each([
		["--incoming-proxy-port", ["-o", "4140"]],
		["--outgoing-proxy-port", ["-p", "4143"]],
	])("%s missing is a mistake too", (flag, args) =>
		withNetns("mistake", (netns) => {
			const before = snapshot(netns);
			const { status, stderr } = init(netns, args);
			expect(status).toBe(64);
			expect(linesOf(stderr)).toEqual([`shunt init: ${flag}: is required (want ${flag} PORT)`]);
			expect(snapshot(netns)).toBe(before);
		}),
	);
});

describe("all mistakes together", () => {
	const args = [...mistakes, valueMissing].flatMap((mistake) => mistake.args);

	it("are all listed, each on its line with what would be accepted, and nothing is touched", () =>
		withNetns("mistakes", (netns) => {
			hold(netns, "nft", standard);
			const before = snapshot(netns);
			const { status, stderr } = init(netns, args);
			expect(status).toBe(64);
			const lines = linesOf(stderr);
			for (const mistake of [...mistakes, valueMissing]) {
				expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(lineFor(mistake))]));
			}
			expect(lines.length).toBeGreaterThanOrEqual(mistakes.length);
			expect(snapshot(netns)).toBe(before);
		}));

	it("are all in the JSON too", () =>
		withNetns("mistakes", (netns) => {
			const { status, stdout, stderr } = init(netns, [...args.slice(0, -1), "--output", "json"]);
			expect(status).toBe(64);
			const { exitCode, errors } = JSON.parse(stdout);
			expect(exitCode).toBe(64);
			expect(errors).toEqual(linesOf(stderr).map((line) => line.replace("shunt init: ", "")));
		}));

	it("do not stop shunt clean from naming its own", () =>
		withNetns("mistakes", (netns) => {
			hold(netns, "nft", standard);
			const before = snapshot(netns);
			const { status, stderr } = runShunt([
				"clean",
				"--netns",
				netns.path,
				"stray",
				"--output",
				"yaml",
				"-p",
				"1",
			]);
			expect(status).toBe(64);
			for (const source of ["arguments", "--output", "-p"]) {
				expect(stderr).toContain(`shunt clean: ${source}: `);
			}
			expect(snapshot(netns)).toBe(before);
		}));
});

function init(netns: Netns, args: readonly string[]) {
	return runShunt(["init", "--netns", netns.path, ...args]);
}

function linesOf(stderr: string): string[] {
	return stderr.split("\n").filter((line) => line !== "");
}

/** `shunt init: SOURCE: "VALUE" is … (want …)` */
function lineFor({ source, value }: Mistake): RegExp {
	const quoted = value === undefined ? "" : `${JSON.stringify(value)} `;
	return new RegExp(`^shunt init: ${escaped(`${source}: ${quoted}`)}.+ \\(want .+\\)$`);
}

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
