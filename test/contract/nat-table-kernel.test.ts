import { makeNetns } from "../support/netns.ts";
import { natTableContract } from "./nat-table-contract.ts";

for (const dialect of ["legacy", "nft"] as const) {
	for (const family of ["ipv4", "ipv6"] as const) {
		natTableContract(`the real kernel, ${dialect}, ${family}`, () => {
			const netns = makeNetns("contract");
			const restore = `${family === "ipv4" ? "iptables" : "ip6tables"}-${dialect}-restore`;
			return {
				restore: (input) => netns.try(restore, ["--noflush"], { input }).status === 0,
				save: () => netns.natTable(dialect, family),
				dispose: netns.remove,
			};
		});
	}
}
