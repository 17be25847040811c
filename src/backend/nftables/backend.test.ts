import { describe, expect, it } from "vitest";
import { policyFrom } from "../../../test/support/policies.ts";
import { createMemoryHost, type MemoryHost } from "../../host/memory.ts";
import { plan } from "../../rules/plan.ts";
import { type BackendError, caught } from "../backend-error.ts";
import { nftablesBackend } from "./backend.ts";
import { recordOf } from "./record.ts";

const wanted = plan(policyFrom("-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 4190,4191"));
const other = plan(policyFrom("-p 1 -o 2 -g 7 --subnets-to-ignore 10.0.0.0/8,fd00::/8"));
const foreign =
	"table inet other {\nchain c {\ntype nat hook output priority -100;\ntcp dport 1 drop\n}\n}\n";

function setUp(host: MemoryHost, what = wanted, counters = false) {
	return nftablesBackend.setUp(host, what, { wait: false, counters }).families.map(({ outcome }) => outcome);
}

function failureOf(action: () => void): Pick<BackendError, "code" | "message"> | undefined {
	const failure = caught(action);
	return failure && { code: failure.code, message: failure.message };
}

function freshTable(what = wanted): string {
	const host = createMemoryHost({ hasNft: true });
	setUp(host, what);
	return host.nftables.listText({ family: "inet", name: "shunt" });
}

function ours(host: MemoryHost): string {
	return host.nftables.listText({ family: "inet", name: "shunt" });
}

/** Handles and where the table stands among others aside. */
function content(text: string): string {
	return text.replace(/ # handle \d+$/gm, "");
}

const list = "nft -n -j list table inet shunt";
/** What JSON has not told, as nft 1.0.6 does not tell it. */
const listForPeople = "nft list table inet shunt";

describe("setting up", () => {
	it("takes one process in a fresh namespace, and makes all of it", () => {
		const host = createMemoryHost({ hasNft: true });
		expect(setUp(host)).toEqual(["created", "created"]);
		expect(host.commands).toEqual(["nft -f -"]);
		expect(content(ours(host))).toBe(`table inet shunt {
	comment "${recordOf(wanted)}"

	chain prerouting {
		type nat hook prerouting priority -100; policy accept;
		tcp dport 4190-4191 return comment "proxy-init/ignore-port"
		meta l4proto tcp redirect to :4143 comment "proxy-init/redirect-all-incoming-to-proxy-port"
	}

	chain output {
		type nat hook output priority -100; policy accept;
		meta skuid 2102 return comment "proxy-init/ignore-proxy-user-id"
		oifname "lo" return comment "proxy-init/ignore-loopback"
		meta l4proto tcp redirect to :4140 comment "proxy-init/redirect-all-outgoing-to-proxy-port"
	}
}
`);
	});

	it("lets the family pass that is off", () => {
		const host = createMemoryHost({ hasNft: true });
		expect(setUp(host, plan(policyFrom("-p 1 -o 2 -u 3 --ipv6=false")))).toEqual(["created"]);
		expect(ours(host).match(/meta nfproto ipv6 return comment "proxy-init\/ignore-family"/g)).toHaveLength(2);
	});

	it("counts where that is asked for, and leaves a table alone that differs in nothing else", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host, wanted, true);
		const counting = ours(host);
		expect(counting).toContain('counter packets 0 bytes 0 redirect to :4140 comment "proxy-init/');
		expect(setUp(host, wanted, false)).toEqual(["unchanged", "unchanged"]);
		expect(ours(host)).toBe(counting);
	});

	it("changes nothing, handles included, when the rules are there", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		const before = ours(host);
		expect(setUp(host)).toEqual(["unchanged", "unchanged"]);
		expect(ours(host)).toBe(before);
		expect(host.commands).toEqual(["nft -f -", list, listForPeople]);
	});

	it("replaces rules that differ", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host, other);
		expect(setUp(host)).toEqual(["replaced", "replaced"]);
		expect(content(ours(host))).toBe(content(freshTable()));
		expect(host.commands).toEqual(["nft -f -", list, listForPeople, "nft -f -"]);
	});

	it.each([
		["a rule that was added", "insert rule inet shunt output tcp dport 5 return"],
		["a rule that was added without what we know", "add rule inet shunt prerouting udp dport 53 accept"],
		["a rule twice", 'add rule inet shunt output oifname "lo" return comment "proxy-init/ignore-loopback"'],
		["a chain that was emptied", "flush chain inet shunt output"],
		["a chain that is gone", "delete chain inet shunt prerouting"],
		["a policy that was changed", "chain inet shunt output { policy drop; }"],
		["a dormant table", "add table inet shunt { flags dormant; }"],
		["an empty table", "delete table inet shunt; add table inet shunt"],
		[
			"a chain that hangs elsewhere",
			"delete chain inet shunt output; table inet shunt { chain output { type nat hook output priority 0; }; }",
		],
	])("mends %s", (_, tampering) => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		expect(host.nftables.apply(tampering)).toBe(undefined);
		expect(setUp(host)).toEqual(["replaced", "replaced"]);
		expect(content(ours(host))).toBe(content(freshTable()));
	});

	it.each([
		["later", "type nat hook output priority -100", "type nat hook output priority 0"],
		["at another hook", "type nat hook output priority -100", "type nat hook postrouting priority -100"],
		["as a filter", "type nat hook prerouting priority -100", "type filter hook prerouting priority -100"],
	])("mends a chain with the right rules that hangs %s", (_, right, wrong) => {
		// Redirects cannot be in a filter, and so are none of the rules here.
		const exempting = {
			...wanted,
			chains: wanted.chains.map((chain) => ({
				...chain,
				rules: chain.rules.filter(({ action }) => action.kind === "return"),
			})),
		};
		const host = createMemoryHost({ hasNft: true });
		const [transaction] = nftablesBackend.transactions(exempting, { wait: false, counters: false });
		expect(host.nftables.apply((transaction?.input ?? "").replace(right, wrong))).toBe(undefined);
		expect(ours(host)).toContain(wrong);
		expect(setUp(host, exempting)).toEqual(["replaced", "replaced"]);
		expect(content(ours(host))).toBe(content(freshTable(exempting)));
	});

	it("does not take a table of our name in another family for ours", () => {
		const host = createMemoryHost({ hasNft: true });
		host.nftables.apply("table ip shunt; table ip6 shunt");
		expect(nftablesBackend.tearDown(host, ["ipv4", "ipv6"])).toEqual([]);
		expect(setUp(host)).toEqual(["created", "created"]);
		expect(host.commands).toEqual(["nft -f -"]);
	});

	it("leaves other programs' tables alone, one of our name in another family included", () => {
		const host = createMemoryHost({ hasNft: true });
		host.nftables.apply(`${foreign}table ip shunt {\nchain c {\ndrop\n}\n}\n`);
		const before = host.nftables.listText();
		setUp(host);
		setUp(host, other);
		expect(host.nftables.listText()).toContain(before);
		nftablesBackend.tearDown(host, ["ipv4", "ipv6"]);
		expect(host.nftables.listText()).toBe(before);
	});
});

describe("another who makes a table at the same moment", () => {
	/** Comes between our look and our transaction. */
	function raceOnce(host: MemoryHost, input: string): void {
		let isOver = false;
		host.intercept("nft", ({ stdin }) => {
			if (!isOver && stdin.startsWith("create table inet shunt ")) {
				isOver = true;
				expect(host.nftables.apply(input)).toBe(undefined);
			}
			return undefined;
		});
	}

	it("is joined where the table is the same", () => {
		const host = createMemoryHost({ hasNft: true });
		const [transaction] = nftablesBackend.transactions(wanted, { wait: false, counters: false });
		raceOnce(host, transaction?.input ?? "");
		expect(setUp(host)).toEqual(["unchanged", "unchanged"]);
		expect(host.commands).toEqual(["nft -f -", list, listForPeople]);
		expect(content(ours(host))).toBe(content(freshTable()));
	});

	it("is followed by ours where the table is another", () => {
		const host = createMemoryHost({ hasNft: true });
		raceOnce(host, "table inet shunt {\nchain output {\ntype nat hook output priority -100;\ndrop\n}\n}\n");
		expect(setUp(host)).toEqual(["replaced", "replaced"]);
		expect(content(ours(host))).toBe(content(freshTable()));
	});
});

describe("a tool that does not do what it should", () => {
	it("is named where it is missing, and nothing is tried", () => {
		const host = createMemoryHost({ env: { PATH: "/bin" } });
		for (const action of [() => setUp(host), () => nftablesBackend.check(host, wanted)]) {
			expect(failureOf(action)).toEqual({
				code: "missing-tool",
				message: expect.stringMatching(
					/^nft: not found in PATH \(\/bin\), and the kernel says: kernel has no nf_tables: /,
				),
			});
		}
		expect(host.commands).toEqual([]);
	});

	it("is quoted where it refuses, and leaves what there was", () => {
		const host = createMemoryHost({ hasNft: true });
		host.nftables.apply(foreign);
		const before = host.nftables.listText();
		host.intercept("nft", () => exited(1, "Error: Could not process rule: Operation not supported"));
		expect(failureOf(() => setUp(host))).toEqual({
			code: "refused",
			message: "nft: Error: Could not process rule: Operation not supported (exit status 1)",
		});
		expect(host.commands).toEqual(["nft -f -"]);
		expect(host.nftables.listText()).toBe(before);
	});

	it("says that it is not permitted where it is not", () => {
		const host = createMemoryHost({ hasNft: true });
		host.intercept("nft", () => exited(1, "Error: Could not process rule: Operation not permitted"));
		expect(failureOf(() => setUp(host))?.code).toBe("not-permitted");
	});

	it("is named with what killed it, at whichever of its runs", () => {
		for (const [runs, before] of [
			[1, ""],
			[3, "table inet shunt"],
		] as const) {
			const host = createMemoryHost({ hasNft: true });
			host.nftables.apply(before);
			const untouched = host.nftables.listText();
			let run = 0;
			host.intercept("nft", () => (++run === runs ? killed : undefined));
			const failure = failureOf(() => setUp(host));
			expect(failure?.code).toBe("crashed");
			expect(failure?.message).toContain("nft: was killed by SIGKILL");
			expect(host.nftables.listText()).toBe(untouched);
		}
	});

	it("is not believed in a listing that is none: the table is replaced", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		host.intercept("nft", ({ argv }) => (argv.includes("-j") ? exited(0, "", "no JSON") : undefined));
		expect(setUp(host)).toEqual(["replaced", "replaced"]);
		expect(failureOf(() => nftablesBackend.check(host, wanted))).toEqual({
			code: "refused",
			message: "nft: its listing of table inet shunt cannot be read",
		});
	});

	const killed = { outcome: { kind: "killed", signal: "SIGKILL" }, stdout: "", stderr: "" } as const;

	function exited(code: number, stderr: string, stdout = "") {
		return { outcome: { kind: "exited", code }, stdout, stderr } as const;
	}
});

describe("checking", () => {
	const drift = (host: MemoryHost) => nftablesBackend.check(host, wanted);

	it("finds nothing in what was set up, and changes nothing", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		const before = ours(host);
		expect(drift(host)).toEqual([{ scope: "inet", drift: [] }]);
		expect(ours(host)).toBe(before);
	});

	it("misses both chains where there is no table, without starting a process", () => {
		const host = createMemoryHost({ hasNft: true });
		const missing = ["prerouting", "output"].map((hook) => ({ kind: "missing-chain", hook }));
		expect(drift(host)).toEqual([{ scope: "inet", drift: missing }]);
		expect(host.commands).toEqual([]);
	});

	it("misses both chains of a dormant table", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		host.nftables.apply("add table inet shunt { flags dormant; }");
		expect(drift(host)[0]?.drift.map(({ kind }) => kind)).toEqual(["missing-chain", "missing-chain"]);
	});

	it("says which rule is missing and which is too many", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		host.nftables.apply(
			"flush chain inet shunt prerouting; add rule inet shunt prerouting tcp dport 4190-4191 return; insert rule inet shunt output tcp dport 5 return",
		);
		expect(drift(host)[0]?.drift).toEqual([
			{
				kind: "missing-rule",
				hook: "prerouting",
				position: 1,
				text: "to port 4190-4191: return [proxy-init/ignore-port]",
			},
			{
				kind: "missing-rule",
				hook: "prerouting",
				position: 2,
				text: "tcp: redirect to port 4143 [proxy-init/redirect-all-incoming-to-proxy-port]",
			},
			{
				kind: "extra-rule",
				hook: "prerouting",
				position: 1,
				text: '[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"range":[4190,4191]}}},{"return":null}]',
			},
			{
				kind: "extra-rule",
				hook: "output",
				position: 1,
				text: '[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":5}},{"return":null}]',
			},
		]);
	});
});

describe("tearing down", () => {
	it("removes our table whole, and tells that both families held something", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		expect(nftablesBackend.tearDown(host, ["ipv4", "ipv6"])).toEqual(["ipv4", "ipv6"]);
		expect(host.nftables.tables()).toEqual([]);
	});

	it("starts no process where there is nothing, whether nft is there or not", () => {
		const host = createMemoryHost();
		expect(nftablesBackend.tearDown(host, ["ipv4", "ipv6"])).toEqual([]);
		expect(host.commands).toEqual([]);
	});

	it("fails where our table cannot be removed", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		host.uninstall("nft");
		expect(failureOf(() => nftablesBackend.tearDown(host, ["ipv4"]))?.code).toBe("missing-tool");
		expect(host.nftables.tables()).toEqual([{ family: "inet", name: "shunt" }]);
	});
});

describe("a probe", () => {
	it("leaves nothing, and does not mind rules that are there", () => {
		const host = createMemoryHost({ hasNft: true });
		setUp(host);
		const before = host.nftables.listText();
		expect(nftablesBackend.probe(host, ["ipv4", "ipv6"])).toBe(undefined);
		expect(host.nftables.listText()).toBe(before);
		expect(host.commands).toEqual(["nft -f -", "nft -f -"]);
	});

	it("answers with what stands in the way", () => {
		expect(nftablesBackend.probe(createMemoryHost(), ["ipv4"])?.code).toBe("missing-tool");
	});
});
