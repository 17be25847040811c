import { MemoryNatTable } from "../../src/host/memory-nat-table.ts";
import { natTableContract } from "./nat-table-contract.ts";

natTableContract("the fake kernel", () => {
	const table = new MemoryNatTable();
	return {
		restore: (input) => table.restore(input) === undefined,
		save: () =>
			table
				.save()
				.split("\n")
				.filter((line) => line !== "")
				.map((line) => line.replace(/ \[\d+:\d+\]$/, "")),
		dispose: () => {},
	};
});
