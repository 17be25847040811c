import { runNft } from "../../src/host/memory-nft-program.ts";
import { MemoryNftables } from "../../src/host/memory-nftables.ts";
import { nftContract } from "./nft-contract.ts";

nftContract("the fake kernel", () => {
	const nftables = new MemoryNftables();
	const run = (args: readonly string[], stdin = "") => runNft(nftables, args, stdin);
	return {
		apply: (input) => run(["-f", "-"], input).code === 0,
		json: () => run(["-n", "-j", "list", "ruleset"]).stdout,
		text: () => run(["-a", "list", "ruleset"]).stdout,
		listTable: (name) => {
			const { code, stdout } = run(["-n", "-j", "list", "table", "inet", name]);
			return { status: code, stdout };
		},
		dispose: () => {},
	};
});
