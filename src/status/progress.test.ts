import { expect, it } from "vitest";
import { createMemoryHost } from "../host/memory.ts";
import { createProgress } from "./progress.ts";

it("says how far it has come every two seconds, and nothing before", () => {
	const host = createMemoryHost();
	let clock = 0;
	const progress = createProgress({ ...host, now: () => clock }, "shunt status");
	for (const [done, now] of [500, 1999, 2000, 3900, 4500].entries()) {
		clock = now;
		progress(`${done} of 9`);
	}
	expect(host.logged).toEqual(["shunt status: 2 of 9 …", "shunt status: 4 of 9 …"]);
});
