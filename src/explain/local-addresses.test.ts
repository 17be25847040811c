import { expect, it } from "vitest";
import { ipv4Addresses, ipv6Addresses } from "./local-addresses.ts";

it("reads IPv4's out of the routing table's trie, each once", () => {
	const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.244.1.0/24 2 0 1
        |-- 10.244.1.0
           /24 link UNICAST
        |-- 10.244.1.7
           /32 host LOCAL
        |-- 10.244.1.255
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
Local:
        |-- 10.244.1.7
           /32 host LOCAL
`;
	expect(ipv4Addresses(trie)).toEqual(["10.244.1.7"]);
});

it("reads IPv6's, but for the loopback interface's", () => {
	const table = `00000000000000000000000000000001 01 80 10 80       lo
fd000000000000000000000000000007 02 40 00 80     eth0
fe800000000000000042acfffe110002 02 40 20 80     eth0
`;
	expect(ipv6Addresses(table)).toEqual(["fd00::7", "fe80::42:acff:fe11:2"]);
});

it("takes what it cannot read for no addresses", () => {
	expect([ipv4Addresses(""), ipv6Addresses("x\n\n"), ipv6Addresses("zz y x w v eth0")]).toEqual([[], [], []]);
});
