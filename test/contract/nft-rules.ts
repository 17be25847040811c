const port = { payload: { protocol: "tcp", field: "dport" } };
const source = { payload: { protocol: "ip", field: "saddr" } };
const source6 = { payload: { protocol: "ip6", field: "saddr" } };
const meta = (key: string) => ({ meta: { key } });
const is = (left: unknown, right: unknown, op = "==") => ({ match: { op, left, right } });
const prefix = (addr: string, len: number) => ({ prefix: { addr, len } });

/** A rule, how nft prints it, and its statements in JSON before the verdict, which is `return`. */
export const matches: readonly (readonly [rule: string, text: string, ...expr: unknown[]])[] = [
	["meta nfproto ipv6 return", "meta nfproto ipv6 return", is(meta("nfproto"), 10)],
	["meta l4proto tcp return", "meta l4proto tcp return", is(meta("l4proto"), 6)],
	[
		"meta l4proto { udp, tcp } return",
		"meta l4proto { tcp, udp } return",
		is(meta("l4proto"), { set: [6, 17] }),
	],
	["tcp dport 80 return", "tcp dport 80 return", is(port, 80)],
	["tcp dport != 80 return", "tcp dport != 80 return", is(port, 80, "!=")],
	["tcp dport == 80 return", "tcp dport 80 return", is(port, 80)],
	["tcp dport { 80 } return", "tcp dport 80 return", is(port, 80)],
	["tcp dport 1-65535 return", "tcp dport 1-65535 return", is(port, { range: [1, 65535] })],
	[
		"tcp dport { 4191, 4190, 4191 } return",
		"tcp dport { 4190, 4191 } return",
		is(port, { set: [4190, 4191] }),
	],
	[
		"tcp dport { 2-3, 1, 9 } return",
		"tcp dport { 1-3, 9 } return",
		is(port, { set: [{ range: [1, 3] }, 9] }),
	],
	["tcp dport { 5-6 ,\n 8,\n 7 } return", "tcp dport { 5-8 } return", is(port, { set: [{ range: [5, 8] }] })],
	["tcp dport { 1-5, 3-4 } return", "tcp dport { 1-5 } return", is(port, { set: [{ range: [1, 5] }] })],
	["udp dport 53 return", "udp dport 53 return", is({ payload: { protocol: "udp", field: "dport" } }, 53)],
	["ip saddr 10.0.0.0/8 return", "ip saddr 10.0.0.0/8 return", is(source, prefix("10.0.0.0", 8))],
	["ip saddr 10.1.2.3/8 return", "ip saddr 10.0.0.0/8 return", is(source, prefix("10.0.0.0", 8))],
	["ip saddr 0.0.0.0/0 return", "ip saddr 0.0.0.0/0 return", is(source, prefix("0.0.0.0", 0))],
	["ip saddr 10.0.0.1/32 return", "ip saddr 10.0.0.1 return", is(source, "10.0.0.1")],
	[
		"ip saddr 10.0.0.4-10.0.0.7 return",
		"ip saddr 10.0.0.4-10.0.0.7 return",
		is(source, { range: ["10.0.0.4", "10.0.0.7"] }),
	],
	[
		"ip saddr { 10.0.0.2, 10.0.0.1 } return",
		"ip saddr { 10.0.0.1, 10.0.0.2 } return",
		is(source, { set: ["10.0.0.1", "10.0.0.2"] }),
	],
	[
		"ip saddr { 10.0.0.2/32, 10.0.0.1/32 } return",
		"ip saddr { 10.0.0.1-10.0.0.2 } return",
		is(source, { set: [{ range: ["10.0.0.1", "10.0.0.2"] }] }),
	],
	[
		"ip saddr { 11.0.0.0/8, 10.0.0.0/8, 192.0.2.1 } return",
		"ip saddr { 10.0.0.0/7, 192.0.2.1 } return",
		is(source, { set: [prefix("10.0.0.0", 7), "192.0.2.1"] }),
	],
	[
		"ip saddr { 0.0.0.0/0, 10.0.0.0/8 } return",
		"ip saddr { 0.0.0.0/0 } return",
		is(source, { set: [prefix("0.0.0.0", 0)] }),
	],
	["ip6 saddr 2001:DB8:0::1 return", "ip6 saddr 2001:db8::1 return", is(source6, "2001:db8::1")],
	[
		"ip6 saddr { 2001:db8::/32, ::1 } return",
		"ip6 saddr { ::1, 2001:db8::/32 } return",
		is(source6, { set: ["::1", prefix("2001:db8::", 32)] }),
	],
	[
		"ip6 daddr ::/0 return",
		"ip6 daddr ::/0 return",
		is({ payload: { protocol: "ip6", field: "daddr" } }, prefix("::", 0)),
	],
	[
		"ip daddr 192.0.2.1 return",
		"ip daddr 192.0.2.1 return",
		is({ payload: { protocol: "ip", field: "daddr" } }, "192.0.2.1"),
	],
	['iifname "eth0" return', 'iifname "eth0" return', is(meta("iifname"), "eth0")],
	["meta iifname eth0 return", 'iifname "eth0" return', is(meta("iifname"), "eth0")],
	['oifname "my-eth*" return', 'oifname "my-eth*" return', is(meta("oifname"), "my-eth*")],
	[
		'iifname { "veth10", "lo", "eth1", "eth0" } return',
		'iifname { "lo", "eth0", "eth1", "veth10" } return',
		is(meta("iifname"), { set: ["lo", "eth0", "eth1", "veth10"] }),
	],
	["meta skuid 2102 return", "meta skuid 2102 return", is(meta("skuid"), 2102)],
	["skuid 4294967295 return", "meta skuid 4294967295 return", is(meta("skuid"), 4294967295)],
	["meta skgid { 7, 5, 6 } return", "meta skgid { 5, 6, 7 } return", is(meta("skgid"), { set: [5, 6, 7] })],
	[
		'meta skuid 2102 oifname "lo" return',
		'meta skuid 2102 oifname "lo" return',
		is(meta("skuid"), 2102),
		is(meta("oifname"), "lo"),
	],
	["counter return", "counter packets 0 bytes 0 return", { counter: { packets: 0, bytes: 0 } }],
	[
		"counter packets 5 bytes 6 return",
		"counter packets 5 bytes 6 return",
		{ counter: { packets: 5, bytes: 6 } },
	],
];

/** A rule, how nft prints it, and all of its JSON. */
export const verdicts: readonly (readonly [rule: string, text: string, expr: readonly unknown[]])[] = [
	["accept", "accept", [{ accept: null }]],
	["drop", "drop", [{ drop: null }]],
	[
		"meta l4proto tcp redirect to :4143",
		"meta l4proto tcp redirect to :4143",
		[is(meta("l4proto"), 6), { redirect: { port: 4143 } }],
	],
	[
		"tcp dport 80 redirect to :4143",
		"tcp dport 80 redirect to :4143",
		[is(port, 80), { redirect: { port: 4143 } }],
	],
	["redirect", "redirect", [{ redirect: null }]],
	["tcp dport 80", "tcp dport 80", [is(port, 80)]],
	["counter", "counter packets 0 bytes 0", [{ counter: { packets: 0, bytes: 0 } }]],
];

export const refusals: readonly string[] = [
	"redirect to :80",
	"meta l4proto tcp redirect to :80 return",
	"meta l4proto tcp return counter",
	"meta l4proto tcp redirect to :65536",
	"tcp dport 70000 return",
	"tcp dport 5-3 return",
	"tcp dport { } return",
	"tcp dport { 1, 2 return",
	"tcp bogus 1 return",
	"bogus",
	"meta bogus 1 return",
	"ip saddr 10.0.0.256 return",
	"ip saddr ::1 return",
	"ip saddr 10.0.0.1 ip6 saddr ::1 return",
	'iifname "aaaaaaaaaaaaaaaa" return',
	"meta skuid 4294967296 return",
	'return comment "x',
	"return }",
];
