import { expect, test } from "vitest";
import { ownerOf } from "./socket-table.ts";

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1 0000 100 0 0 10 0
   1: 0201420A:A1B2 0101420A:1F90 01 00000000:00000000 00:00000000 00000000  2102        0 2 1 0000 20 4 30 10 -1
   2: 0201420A:A1B2 0101420A:2390 01 00000000:00000000 00:00000000 00000000  1001        0 3 1 0000 20 4 30 10 -1
`;
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 660000FD010000000000000002000000:C001 660000FD010000000000000001000000:1F90 01 0:0 00:0 0  1000 0 9
   1: 00000000000000000000000001000000:C002 00000000000000000000000001000000:1F90 01 0:0 00:0 0  7 0 9
   2: 6600FD0000000000000000000100CDAB:C003 00000000000000000000000001000000:1F90 01 0:0 00:0 0  8 0 9
`;

test("the owner is that of the socket with both ports and the address", () => {
	const local = { address: "10.66.1.2", port: 0xa1b2 };
	expect(ownerOf(tcp, "ipv4", local, 8080)).toBe(2102);
	expect(ownerOf(tcp, "ipv4", local, 9104)).toBe(1001);
});

test("nobody owns what is not listed", () => {
	expect(ownerOf(tcp, "ipv4", { address: "10.66.1.2", port: 1 }, 8080)).toBeUndefined();
	expect(ownerOf(tcp, "ipv4", { address: "10.66.1.3", port: 0xa1b2 }, 8080)).toBeUndefined();
	expect(ownerOf("", "ipv4", { address: "10.66.1.2", port: 1 }, 8080)).toBeUndefined();
});

test("IPv6 addresses are found in their short spelling", () => {
	expect(ownerOf(tcp6, "ipv6", { address: "::1", port: 0xc002 }, 8080)).toBe(7);
	expect(ownerOf(tcp6, "ipv6", { address: "fd:66::abcd:1", port: 0xc003 }, 8080)).toBe(8);
	expect(ownerOf(tcp6, "ipv6", { address: "fd00:66:0:1::2", port: 0xc001 }, 8080)).toBe(1000);
});
