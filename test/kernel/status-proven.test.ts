import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backendOf } from "../../src/backend/backends.ts";
import { loopbackName } from "../../src/backend/loopback.ts";
import { type Reading, readTables } from "../../src/backend/read.ts";
import type { TableDialect } from "../../src/domain/mode.ts";
import type { Host } from "../../src/host/host.ts";
import type { RedirectPolicy } from "../../src/policy/redirect-policy.ts";
import { plan } from "../../src/rules/plan.ts";
import { policyArgs, recoverPolicy } from "../../src/status/recover-policy.ts";
import { policy } from "../support/arbitraries.ts";
import { insideNetns } from "../support/inside-netns.ts";
import { type Netns, withNetns } from "../support/netns.ts";
import { policyFrom } from "../support/policies.ts";

/**
 * `status` holds a table against the plan that its comments and sets make likely, and reads no rule where the two are the same
 * bytes: what it then says has to be what reading says.
 */
const dialects = ["legacy", "nft", "nftables"] as const satisfies readonly TableDialect[];
const options = { wait: false, counters: false };

const lists = policyFrom(
	"-p 4143 -o 4140 -u 2102 --inbound-ports-to-ignore 1,3,5-9,11,13,15,17,19,21,23,25,27,29,31,33,35,4190 --outbound-ports-to-ignore 443,6443 --subnets-to-ignore 10.0.0.0/8,192.168.3.4/24,fd00::/8 --outbound-subnets-to-ignore 10.1.0.0/17,172.16.0.0/12 --uids-to-ignore 7,8",
);
const manyPorts = policyFrom(
	`-p 4143 -o 4140 -g 2102 --inbound-ports-to-ignore ${Array.from({ length: 600 }, (_, index) => 2 * index + 1).join(",")} --ports-to-redirect 8080,9090`,
);

/** A rule for each, or for fifteen of them. */
const numbers = (length: number, factor: number) =>
	Array.from({ length }, (_, index) => factor * index + 1).join(",");
const otherLists = policyFrom(
	`-p 4143 -o 4140 -r ${numbers(450, 2)} --outbound-ports-to-redirect ${numbers(450, 3)},5000-5010 --uids-to-ignore ${numbers(40, 1000)}`,
);

describe.each(dialects)("a plan in mode %s", (dialect) => {
	it("that stands as it was sent is known without its rules, and all that is said of it is what reading says", () =>
		withNetns("proven", (netns) => {
			for (const asked of [lists, manyPorts, otherLists, policyFrom("-p 1 -o 2 --ipv6=false")]) {
				const { proven, read } = both(netns, dialect, asked);
				expect(proven.own.map(({ holds }) => holds !== undefined)).toEqual(read.own.map(() => true));
				expect(told(proven)).toEqual(told(read));
			}
		}));

	it("whatever its policy, gives the same result either way", () =>
		withNetns("proven", (netns) => {
			let count = 0;
			fc.assert(
				fc.property(policy, (asked) => {
					const { proven, read } = both(netns, dialect, asked);
					expect(told(proven)).toEqual(told(read));
					count += proven.own.every(({ holds }) => holds !== undefined) ? 1 : 0;
				}),
				{ numRuns: 40 },
			);
			// Lists that name a thing twice are read.
			expect(count).toBeGreaterThan(10);
		}));

	it("is read where it is not the one that is there", () =>
		withNetns("proven", (netns) => {
			both(netns, dialect, lists);
			const other = plan(policyFrom("-p 4143 -o 4140 -u 2103"));
			const found = insideNetns(netns, (host) =>
				readTables(host, { isOursTold: false, planOf: () => other }),
			);
			expect(found.own.length).toBeGreaterThan(0);
			expect(found.own.map(({ holds }) => holds)).toEqual(found.own.map(() => undefined));
		}));

	it.each(damages[dialect])("is read after: %s", (damage) =>
		withNetns("proven", (netns) => {
			both(netns, dialect, lists);
			netns.run("sh", ["-c", damage]);
			const { proven, read } = bothReadings(netns);
			expect(proven.own.every(({ holds }) => holds !== undefined)).toBe(false);
			expect(told(proven)).toEqual(told(read));
		}),
	);
});

const ofIptables = (program: string) => [
	`${program} -t nat -D PROXY_INIT_OUTPUT 1`,
	`${program} -t nat -I PROXY_INIT_REDIRECT -p tcp --dport 1 -j ACCEPT`,
	`${program} -t nat -A PROXY_INIT_REDIRECT -j RETURN`,
	`${program} -t nat -D OUTPUT 1`,
	`${program} -t nat -I PREROUTING -j PROXY_INIT_REDIRECT`,
	`${program} -t nat -N MINE && ${program} -t nat -A MINE -j PROXY_INIT_OUTPUT`,
	`${program} -t nat -R PROXY_INIT_OUTPUT 1 -d 10.1.0.0/17 -m comment --comment proxy-init/ignore-subnet-10.2.0.0/17 -j RETURN`,
];

const damages: Readonly<Record<(typeof dialects)[number], readonly string[]>> = {
	legacy: ofIptables("iptables-legacy"),
	nft: ofIptables("iptables-nft"),
	nftables: [
		"nft insert rule inet shunt output tcp dport 1 return",
		"nft delete chain inet shunt output || nft flush chain inet shunt output",
		'nft replace rule inet shunt output handle $(nft -a list chain inet shunt output | sed -n "s/.*redirect.*handle //p") meta l4proto tcp redirect to :1',
		"nft add table inet shunt '{ flags dormant; }'",
	],
};

/** Applies a policy and reads what is there, with a plan to hold it against and without. */
function both(netns: Netns, dialect: TableDialect, asked: RedirectPolicy) {
	insideNetns(netns, (host) => {
		backendOf(dialect).tearDown(host, ["ipv4", "ipv6"]);
		backendOf(dialect).setUp(host, plan(asked, loopbackName(host)), options);
	});
	return bothReadings(netns);
}

function bothReadings(netns: Netns) {
	return insideNetns(netns, (host) => ({
		proven: readTables(host, { isOursTold: false, planOf: planBy(host) }),
		read: readTables(host, { isOursTold: false }),
	}));
}

const planBy = (host: Host) => (tables: Parameters<typeof recoverPolicy>[0]) =>
	plan(recoverPolicy(tables), loopbackName(host));

function told({ own, ruleset, unsaved }: Reading) {
	return {
		own: own.map(({ table, count, isRecorded }) => [table.dialect, table.scope, count, isRecorded]),
		policies: dialects.map((dialect) =>
			policyArgs(recoverPolicy(own.filter(({ table }) => table.dialect === dialect))),
		),
		tables: ruleset.tables.map(({ chains, ...table }) => ({
			...table,
			chains: chains.map(({ name, base, rules }) => [name, base, rules.map(({ text }) => text)]),
		})),
		gaps: ruleset.gaps,
		unsaved,
	};
}
