import { makeNetns } from "../support/netns.ts";
import { nftContract } from "./nft-contract.ts";

nftContract("the real kernel", () => {
	const netns = makeNetns("contract");
	return {
		apply: (input) => netns.try("nft", ["-f", "-"], { input }).status === 0,
		json: () => netns.run("nft", ["-n", "-j", "list", "ruleset"]),
		text: () => netns.run("nft", ["-a", "list", "ruleset"]),
		listTable: (name) => {
			const { status, stdout } = netns.try("nft", ["-n", "-j", "list", "table", "inet", name]);
			return { status: status ?? -1, stdout };
		},
		dispose: netns.remove,
	};
});
