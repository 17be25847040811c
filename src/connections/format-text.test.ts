import { describe, expect, it } from "vitest";
import type { Account } from "./account.ts";
import { formatText } from "./format-text.ts";
import type { Survey } from "./survey.ts";

const rule = {
	name: "redirect-all-outgoing-to-proxy-port",
	table: "nft ipv4 nat",
	chain: "PROXY_INIT_OUTPUT",
	position: 4,
	text: "-p tcp -j REDIRECT --to-ports 4140",
	why: "every outbound TCP connection that nothing exempts goes to the proxy",
};

const redirected: Account = {
	direction: "outbound",
	family: "ipv4",
	from: "10.244.100.102:40000",
	to: "10.244.100.101:9090",
	wentTo: "127.0.0.1:4140",
	via: "proxy",
	redirectedTo: 4140,
	state: "established",
	tracking: "whole",
	owner: { uid: 1000, process: { pid: 4321, command: "curl" } },
	rule,
	agrees: true,
};

const early: Account = {
	...redirected,
	from: "10.1.2.3:4",
	to: "10.244.100.101:9090",
	wentTo: "10.244.100.101:9090",
	via: "past-proxy",
	tracking: "none",
	agrees: false,
	now: "would go to the proxy on port 4140",
};
const { redirectedTo: _port, ...straight } = early;

function textOf(
	survey: Partial<Survey>,
	more: { readonly totalsOnly?: boolean; readonly colours?: boolean } = {},
) {
	const namespace = { path: "/proc/self/ns/net", inode: "1", processes: 0 };
	const whole = { connections: [], ended: 0, unread: [], notes: [], ...survey };
	const style = { colours: false, showsNamespaces: false, totalsOnly: false, ...more };
	return [...formatText([{ namespace, survey: whole }], style)].join("");
}

describe("the text", () => {
	it("begins with totals, and with what would go elsewhere now", () => {
		const text = textOf({ connections: [redirected, redirected, straight], ended: 1200 });
		expect(text).toBe(`3 connections: 2 through the proxy, 1 past it (1,200 more are over). 1 would go
  elsewhere by the present rules.

COUNT  DIRECTION  WENT        NOW        RULE
    1  outbound   straight    otherwise  redirect-all-outgoing-to-proxy-port
    2  outbound   proxy:4140  the same   redirect-all-outgoing-to-proxy-port

Outbound, straight to where they were going (1)
  not tracked, only their sockets tell of them: idle since anything tracks
    connections here, or exempt
  made before the present rules; now would go to the proxy on port 4140
  by redirect-all-outgoing-to-proxy-port
  rule 4 of PROXY_INIT_OUTPUT in nft ipv4 nat
  FROM        TO                   STATE        OWNER
  10.1.2.3:4  10.244.100.101:9090  established  4321 curl, uid 1000

Outbound, to the proxy on port 4140 (2)
  by redirect-all-outgoing-to-proxy-port
  rule 4 of PROXY_INIT_OUTPUT in nft ipv4 nat
  because every outbound TCP connection that nothing exempts goes to the proxy
  FROM                  TO                   STATE        OWNER
  10.244.100.102:40000  10.244.100.101:9090  established  4321 curl, uid 1000
  10.244.100.102:40000  10.244.100.101:9090  established  4321 curl, uid 1000
`);
		expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
	});

	it("is a few lines where only totals are wanted, and says what was not read", () => {
		const unread = [{ what: "sockets", why: "modprobe tcp_diag", code: "refused" }] as const;
		expect(textOf({ connections: [redirected], unread, notes: ["so it is"] }, { totalsOnly: true })).toBe(
			`1 connection: 1 through the proxy.
Not read: sockets: modprobe tcp_diag.
Note: so it is.

COUNT  DIRECTION  WENT        NOW       RULE
    1  outbound   proxy:4140  the same  redirect-all-outgoing-to-proxy-port
`,
		);
	});

	it("has no marks but its own, and those only where colours are wanted", () => {
		const owner = { uid: 0, process: { pid: 1, command: "\u001b[2J\u009bx" } };
		const connections = [{ ...straight, owner }];
		const plain = textOf({ connections });
		expect(plain).toContain("1 \\u001b[2J\\u009bx, uid 0");
		expect(plain.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
		const coloured = textOf({ connections }, { colours: true });
		expect(coloured).not.toBe(plain);
		expect(coloured.replaceAll(/\p{Cc}\[\d+m/gu, "")).toBe(plain);
	});
});
