import { describe, expect, it } from "vitest";
import type { Action, Condition } from "../../rules/rule.ts";
import { readRule } from "./read.ts";

const isChain = (name: string) => ["FOREIGN", "ACCEPTED"].includes(name);
const read = (spec: string) => readRule(spec, isChain);

/** A condition in short: `not protocol tcp`, and the text where it is not understood. */
function inShort({ kind, negated, ...rest }: Condition): string {
	return `${negated === true ? "not " : ""}${kind} ${JSON.stringify(Object.values(rest))}`;
}

describe("a rule's conditions", () => {
	it.each<[string, string[]]>([
		["-p tcp", ['protocol [["tcp"]]']],
		["! -p 47", ['not protocol [["47"]]']],
		["-p icmpv6", ['protocol [["ipv6-icmp"]]']],
		["! -i eth+", ['not in-interface [[{"name":"eth","isPrefix":true}]]']],
		["-o lo", ['out-interface [[{"name":"lo","isPrefix":false}]]']],
		[
			"-p tcp -m tcp ! --dport 80:90",
			['protocol [["tcp"]]', 'not destination-port [[{"low":80,"high":90}]]'],
		],
		[
			"-p udp -m udp --sport 53 --dport 1000:2000",
			[
				'protocol [["udp"]]',
				'source-port [[{"low":53,"high":53}]]',
				'destination-port [[{"low":1000,"high":2000}]]',
			],
		],
		[
			"-p tcp -m multiport ! --dports 53,60:70",
			['protocol [["tcp"]]', 'not destination-port [[{"low":53,"high":53},{"low":60,"high":70}]]'],
		],
		["-m owner ! --uid-owner 5-10", ['not uid [[{"low":5,"high":10}]]']],
		["-m owner --gid-owner 7 -m comment --comment x", ['gid [[{"low":7,"high":7}]]']],
		["-m mark ! --mark 0x1/0xff", ["not mark [1,255]"]],
		["-m addrtype ! --dst-type LOCAL", ["not destination-is-local []"]],
		["-m conntrack --ctstate NEW,RELATED", ['connection-state [["new","related"]]']],
		["-m state --state ESTABLISHED", ['connection-state [["established"]]']],
		["-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN", ['protocol [["tcp"]]']],
		["", []],
	])("are read from %s", (spec, conditions) => {
		expect(read(`${spec} -j RETURN`.trim()).conditions.map(inShort)).toEqual(conditions);
	});

	it("are subnets in both directions", () => {
		const [from, to] = read("! -s 10.0.0.0/8 -d fd00::1/128 -j RETURN").conditions;
		expect(from).toMatchObject({ negated: true, kind: "source", subnets: [{ prefix: 8 }] });
		expect(to).toMatchObject({ kind: "destination", subnets: [{ prefix: 128 }] });
		expect(to).not.toHaveProperty("negated");
	});

	it("are ranges of addresses, as the subnets that make them up", () => {
		const [condition] = read("-m iprange ! --src-range 10.0.0.1-10.0.0.2 -j RETURN").conditions;
		expect(condition).toMatchObject({
			negated: true,
			kind: "source",
			subnets: [{ text: "10.0.0.1/32" }, { text: "10.0.0.2/32" }],
		});
	});

	it.each([
		["-m string --string foo --algo bm"],
		["-m set --match-set blocked dst"],
		["-m addrtype --dst-type LOCAL --limit-iface-in"],
		["-m multiport --ports 5,6"],
		["-m tcp --tcp-flags SYN,ACK SYN"],
		["-m owner --socket-exists"],
		["-s 10.0.0.0/255.0.255.0"],
		["-f"],
	])("that are not understood are kept: %s", (text) => {
		const { conditions } = read(`-i eth0 ${text} -p tcp -j RETURN`);
		expect(conditions.map(({ kind }) => kind)).toEqual(["in-interface", "unparsed", "protocol"]);
		expect(conditions[1]).toEqual({ kind: "unparsed", text });
	});

	it("do not come out of comments", () => {
		const rule = read('-m comment --comment "-j ACCEPT" -m comment --comment ! -p tcp -j RETURN');
		expect(rule.conditions.map(inShort)).toEqual(['protocol [["tcp"]]']);
		expect(rule.action).toEqual({ kind: "return" });
		expect(read("-m comment --comment -j -j RETURN")).toMatchObject({ comment: "-j", conditions: [] });
	});
});

describe("what a rule does", () => {
	const port = (low: number, high = low) => ({ ports: { low, high } });
	it.each<[string, Action]>([
		["", { kind: "continue" }],
		["-j RETURN", { kind: "return" }],
		["-j ACCEPT", { kind: "accept" }],
		["-j DROP", { kind: "drop" }],
		["-j FOREIGN", { kind: "jump", chain: "FOREIGN" }],
		["-g ACCEPTED", { kind: "goto", chain: "ACCEPTED" }],
		['-j LOG --log-prefix "seen "', { kind: "continue" }],
		["-j MARK --set-xmark 0x5/0xffffffff", { kind: "continue" }],
		["-j REDIRECT", { kind: "redirect" }],
		["-j REDIRECT --to-ports 80", { kind: "redirect", ...port(80) }],
		["-j REDIRECT --to-ports 80-90 --random", { kind: "redirect", ...port(80, 90) }],
		["-j DNAT --to-destination 10.0.0.1", { kind: "dnat", address: "10.0.0.1" }],
		["-j DNAT --to-destination 10.0.0.1:80", { kind: "dnat", address: "10.0.0.1", ...port(80) }],
		["-j DNAT --to-destination :80", { kind: "dnat", ...port(80) }],
		[
			"-j DNAT --to-destination 10.0.0.1-10.0.0.9:80-90 --persistent",
			{ kind: "dnat", address: "10.0.0.1-10.0.0.9", ...port(80, 90) },
		],
		["-j DNAT --to-destination [fd00::1]:80", { kind: "dnat", address: "fd00::1", ...port(80) }],
		["-j DNAT --to-destination fd00::1", { kind: "dnat", address: "fd00::1" }],
	])("is read from %j", (target, action) => {
		expect(read(`-p tcp ${target}`.trim()).action).toEqual(action);
	});

	it.each(["-j TPROXY --on-port 1", "-j DNAT --to-destination 10.0.0.1:80-90/5", "-j NFQUEUE --queue-num 1"])(
		"is kept where it is not understood: %s",
		(target) => {
			expect(read(`-p tcp ${target}`).action).toEqual({ kind: "unparsed", text: target });
		},
	);
});
