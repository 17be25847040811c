import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../src/domain/cidr.ts";
import { parseInitOptions } from "../../src/init/options.ts";
import { evaluate } from "../../src/rules/evaluate.ts";
import { plan } from "../../src/rules/plan.ts";
import { parseCases, type RecordedCase } from "../recorder/recorded-case.ts";
import { peerAddress, podAddress, type Try, withCountedPod } from "../support/counted-pod.ts";
import { dialects, restore } from "../support/dialect.ts";
import { explainOne, fitting, runExplain } from "../support/explain-run.ts";
import { istioNftables, istioRules, kumaRules } from "../support/foreign-meshes.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { runShunt, shuntProgram } from "../support/programs.ts";
import { snapshot } from "../support/snapshot.ts";
import { standard } from "../support/standard-policy.ts";

const out = (to: string, port: number, uid = 1000, gid = 1000): Try => ({
	direction: "outbound",
	to,
	port,
	uid,
	gid,
});
const into = (port: number): Try => ({ direction: "inbound", to: podAddress, port });
const isInside = ({ direction, to }: Try) =>
	direction === "outbound" && (to.startsWith("127.") || to === podAddress);

/** As `shunt explain` is asked about an attempt. */
function packetArgs(attempt: Try): string[] {
	const { direction, to, port, uid, gid } = attempt;
	const from = direction === "inbound" ? peerAddress : podAddress;
	return [
		...[direction, `${to}:${port}`, "--interface", isInside(attempt) ? "lo" : "eth0"],
		...["--from", to.startsWith("127.") ? "127.0.0.1" : from],
		...(direction === "outbound" ? ["--uid", `${uid}`, "--gid", `${gid}`] : []),
	];
}

const cases = parseCases(
	readFileSync(new URL("../vectors/proxy-init.jsonl", import.meta.url), "utf8"),
).filter(({ exit, args }) => exit === 0 && parseInitOptions(args, "recorded").ok);

/** Some of each kind: with a user or without, with subnets, with few ports to redirect. */
const chosen = new Set([
	...cases.filter(({ args }) => args.includes("--proxy-uid")).slice(0, 2),
	...cases.filter(({ args }) => args.includes("--subnets-to-ignore")).slice(-2),
	...cases.filter(({ args }) => args.includes("--ports-to-redirect")).slice(0, 2),
	...cases.filter(({ args }) => !args.includes("--proxy-uid")).slice(0, 2),
	...cases.filter(({ args }) => args.includes("--proxy-gid")).slice(0, 1),
]);

describe("where the reference program ran", () => {
	it.each([...chosen].map((recorded) => [recorded.args.join(" ").slice(0, 160), recorded] as const))(
		"each rule that explain says fits is one that the kernel counts: %s",
		(_, recorded) =>
			withCountedPod((pod) => {
				leaveAsRecorded(pod.netns, recorded);
				for (const attempt of [
					out("203.0.113.9", 443),
					out("203.0.113.9", 443, 2102),
					out("203.0.113.9", firstIgnored(recorded, "--outbound-ports-to-ignore")),
					out("127.0.0.1", 80),
					into(80),
					into(firstIgnored(recorded, "--inbound-ports-to-ignore")),
				]) {
					const explained = explainOne(["--netns", pod.netns.path, ...packetArgs(attempt)]);
					expect(fitting(explained).sort()).toEqual(pod.rulesThatCount(attempt, recorded.mode).sort());
					expect(explained.fate).toEqual(fateByPolicy(recorded, attempt));
				}
			}),
	);
});

describe.each(dialects)("where another mesh's rules stand, in %s", (dialect) => {
	it.each([
		["Istio", istioRules, 1337],
		["Kuma", kumaRules, 5678],
	] as const)("explain is right about %s's", (owner, rules, proxy) =>
		withCountedPod((pod) => {
			restore(pod.netns, dialect, "ipv4", rules);
			const before = snapshot(pod.netns);
			for (const [attempt, fate] of [
				[out("203.0.113.9", 443), 15_001],
				[out("203.0.113.9", 443, proxy), "pass"],
				[out("127.0.0.1", 80), "pass"],
				[out("127.0.0.1", 80, proxy), "pass"],
				[out("127.0.0.6", 80, proxy), 15_006],
				[out(podAddress, 80), "pass"],
				[out(podAddress, 80, proxy), 15_006],
				[into(80), 15_006],
				[into(15_008), owner === "Istio" ? "pass" : 15_006],
			] as const) {
				const explained = explainOne(["--netns", pod.netns.path, ...packetArgs(attempt)]);
				const { kind, port } = explained.fate;
				expect(kind === "redirect" ? port : kind, explained.sentence).toBe(fate);
				expect(fitting(explained).sort()).toEqual(pod.rulesThatCount(attempt, dialect).sort());
				expect(explained.sentence).toContain(`a rule of ${owner}`);
			}
			// Only the counters have moved.
			expect(snapshot(pod.netns).replaceAll(/\[\d+:\d+\]|packets \d+ bytes \d+/g, "")).toBe(
				before.replaceAll(/\[\d+:\d+\]|packets \d+ bytes \d+/g, ""),
			);
		}),
	);
});

it("knows the namespace's own addresses, so that a connection to them is one that stays", () =>
	withCountedPod(({ netns, rulesThatCount }) => {
		restore(netns, "nft", "ipv4", [...istioRules, "-A OUTPUT -m addrtype --dst-type LOCAL -j RETURN"]);
		const attempt = out(podAddress, 80, 1337);
		const explained = explainOne(["--netns", netns.path, "outbound", `${podAddress}:80`, "--uid", "1337"]);
		expect(explained.fate).toEqual({ kind: "redirect", port: 15_006 });
		expect(fitting(explained).sort()).toEqual(rulesThatCount(attempt, "nft").sort());
		expect(explained.assumed).toMatchObject([
			{ field: "protocol" },
			{ field: "family" },
			{ field: "from", value: podAddress, because: "the destination is the pod itself" },
			{ field: "gid" },
			{ field: "interface", value: "lo", because: "the destination is the pod itself" },
		]);
		const local = explainOne(["--netns", netns.path, "outbound", `${podAddress}:80`, "--uid", "1000"]);
		expect(local.rules.at(-1)).toMatchObject({ chain: "OUTPUT", position: 2, matched: "yes" });
		const far = explainOne(["--netns", netns.path, "outbound", "203.0.113.9:80", "--uid", "1337"]);
		expect(far.rules.at(-1)).toMatchObject({ chain: "OUTPUT", position: 2, matched: "no" });
		expect(explainOne(["--netns", netns.path, "inbound", "80"]).assumed).toContainEqual({
			field: "to",
			value: podAddress,
			because: "the pod's address",
		});
	}));

it("follows Istio's native tables", () =>
	withNetns("explain", (netns) => {
		netns.run("nft", ["-f", "-"], istioNftables);
		const ask = (...packet: string[]) => explainOne(["--netns", netns.path, ...packet]);
		expect(ask("outbound", "203.0.113.9:443", "--uid", "1000").fate).toEqual({
			kind: "redirect",
			port: 15_001,
		});
		expect(ask("outbound", "[2001:db8::9]:443", "--uid", "1000").fate).toEqual({
			kind: "redirect",
			port: 15_001,
		});
		expect(ask("outbound", "203.0.113.9:443", "--uid", "1337").fate).toEqual({ kind: "pass" });
		expect(ask("inbound", "80").fate).toEqual({ kind: "redirect", port: 15_006 });
		expect(ask("inbound", "15008").fate).toEqual({ kind: "pass" });
	}));

describe("rules that are not understood", () => {
	const strange = "-p tcp -m statistic --mode nth --every 2 --packet 0 -j REDIRECT --to-ports 5";

	it("make the fate unknown where it hangs on them, and are named", () =>
		withNetns("explain", (netns) => {
			restore(netns, "nft", "ipv4", [`-A OUTPUT ${strange}`]);
			const { fate, sentence, notes } = explainOne(["--netns", netns.path, "outbound", "203.0.113.9:443"]);
			expect(fate.kind).toBe("unknown");
			expect(sentence).toMatch(
				/does not go to the proxy: it goes straight .* or goes to port 5 .*, because it depends on .*statistic/,
			);
			expect(notes.join()).toMatch(/not understood: ".*statistic.*" in rule 1 of OUTPUT/);
		}));

	it("do not matter to a packet that never comes to them, but are named all the same", () =>
		withNetns("explain", (netns) => {
			restore(netns, "nft", "ipv4", ["-A OUTPUT -p tcp --dport 443 -j RETURN", `-A OUTPUT ${strange}`]);
			const { fate, notes } = explainOne(["--netns", netns.path, "outbound", "203.0.113.9:443"]);
			expect(fate.kind).toBe("pass");
			expect(notes).toHaveLength(1);
		}));
});

describe("our own rules, in each mode", () => {
	it.each(["legacy", "nft", "nftables"])("%s: the path, its reason and its rule", (mode) =>
		withNetns("explain", (netns) => {
			expect(
				runShunt(["init", ...standard.args, "--iptables-mode", mode, "--netns", netns.path]).status,
			).toBe(0);
			const before = snapshot(netns);
			const ask = (...packet: string[]) => explainOne(["--netns", netns.path, ...packet]);

			const direct = ask("outbound", "203.0.113.9:443", "--uid", "2102");
			expect(direct.fate).toEqual({ kind: "pass" });
			expect(direct.sentence).toContain(
				"goes straight to its destination, because the proxy itself runs as uid 2102",
			);
			expect(direct.rules.filter(({ decides }) => decides)).toMatchObject([{ matched: "yes" }]);

			expect(ask("outbound", "[2001:db8::9]:443").sentence).toMatch(
				/goes to the proxy on port 4140, because every outbound TCP connection that nothing exempts/,
			);
			expect(ask("inbound", "4191").sentence).toMatch(
				/inbound connections to ports 4190(, |-)4191 are exempt/,
			);
			expect(ask("inbound", "80").fate).toEqual({ kind: "redirect", port: 4143 });
			expect(snapshot(netns)).toBe(before);
		}),
	);

	it("by process, from inside, and as a page", () =>
		withNetns("explain", async (netns) => {
			expect(
				runShunt(["init", ...standard.args, "--iptables-mode", "nft", "--netns", netns.path]).status,
			).toBe(0);
			const inside = ["ip", "netns", "exec", netns.name];
			expect(explainOne(["--live", "inbound", "80"], inside).fate).toEqual({ kind: "redirect", port: 4143 });
			expect(explainOne(["--pid", `${process.pid}`, "inbound", "80"]).fate).toEqual({ kind: "pass" });
			const { stdout } = runExplain(["--netns", netns.path, "--html", "-"]);
			const [, json = ""] = /id="payload">([^<]*)</.exec(stdout) ?? [];
			expect(JSON.parse(json).subjects[0].rules.ruleset.tables).toHaveLength(2);
		}));
});

describe("a namespace that cannot be entered", () => {
	it.each([
		["--netns", "/nonexistent", "is not a network namespace"],
		["--netns", "/etc/hostname", "is not a network namespace"],
		["--pid", "4194304", "is not a running process"],
	])("%s %s", (flag, value, complaint) => {
		const { status, stderr } = runExplain([flag, value]);
		expect(status).toBe(64);
		expect(stderr).toContain(`${flag}: "${value}" ${complaint}`);
	});

	it("for want of permission", () =>
		withNetns("explain", (netns) => {
			const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
			const { status, stdout } = runExplain(["--netns", netns.path], nobody);
			expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
		}));
});

it("a page that cannot be written fails, and says why", () => {
	const { status, stderr } = runExplain([...standard.args, "--html", "/nonexistent/page.html"]);
	expect(status).toBe(1);
	expect(stderr).toBe(
		'shunt explain: the page could not be written: --html "/nonexistent/page.html": its folder /nonexistent: no such file or directory\n',
	);
});

it("a page that a full disk does not hold leaves what was there, and nothing half", () => {
	const folder = mkdtempSync(join(tmpdir(), "shunt-page-"));
	// A disk of 8 KiB, in a mount namespace that goes with the shell.
	const script = `mount -t tmpfs -o size=8k none "$0" && cd "$0" && echo before >old.html
		for page in old.html new.html; do "$@" --html $page; echo "$page: $?"; done
		ls; cat old.html; umount "$0" 2>/dev/null; :`;
	const run = ["--mount", "sh", "-c", script, folder, shuntProgram, "explain", ...standard.args];
	const { stdout, stderr } = spawnSync("unshare", run, { encoding: "utf8", timeout: 60_000 });
	rmSync(folder, { recursive: true, force: true });
	expect(stdout).toBe("old.html: 1\nnew.html: 1\nold.html\nbefore\n");
	expect(
		stderr.match(
			/could not be written: --html "(?:old|new).html": (?:its folder .: )?no space left on device$/gm,
		),
	).toHaveLength(2);
	expect(stderr).not.toContain("wrote");
});

function leaveAsRecorded(netns: Netns, { mode, ipv4, ipv6 }: RecordedCase): void {
	for (const [program, lines] of [
		[`iptables-${mode}-restore`, ipv4],
		[`ip6tables-${mode}-restore`, ipv6],
	] as const) {
		netns.run(program, [], `${lines.map((line) => line.replace(/^(:\S+ \S+)$/, "$1 [0:0]")).join("\n")}\n`);
	}
}

function firstIgnored({ args }: RecordedCase, flag: string): number {
	const at = args.indexOf(flag);
	return at < 0 ? 4567 : Number.parseInt(args[at + 1] ?? "", 10);
}

/** The arguments say what the recorded rules should do, by way of the evaluator. */
function fateByPolicy({ args }: RecordedCase, { direction, to, port, uid = 0, gid = 0 }: Try) {
	const options = parseInitOptions(args, "recorded");
	const destination = parseAddress(to);
	const source = parseAddress(direction === "inbound" ? peerAddress : podAddress);
	if (!options.ok || destination === undefined || source === undefined) {
		throw new Error("not a case to compare");
	}
	const hook = direction === "inbound" ? ("prerouting" as const) : ("output" as const);
	return evaluate(plan(options.value.policy), {
		hook,
		family: "ipv4",
		protocol: "tcp",
		source,
		destination,
		destinationPort: port,
		interface: to.startsWith("127.") ? "lo" : "eth0",
		...(hook === "output" ? { uid, gid } : {}),
	}).fate;
}
