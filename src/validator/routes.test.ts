import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { settled } from "./routes.ts";

const folder = mkdtempSync(join(tmpdir(), "settling-"));
const list = join(folder, "if_inet6");
afterAll(() => rmSync(folder, { recursive: true }));

/** As /proc/net/if_inet6 shows addresses: address, interface, prefix, scope, flags and name. */
function show(...flags: readonly string[]): void {
	const line = (flag: string) => `fe800000000000000000000000000001 02 40 20 ${flag}     eth0\n`;
	writeFileSync(list, flags.map(line).join(""));
}

/** How often it asked whether to stop, when it is said to at the third time; each time it has found something to wait for. */
async function asked(deadline: number): Promise<number> {
	let times = 0;
	await settled(deadline, () => ++times === 3, list);
	return times;
}

const later = Date.now() + 3_600_000;

describe("settled", () => {
	it.each<[what: string, flags: string[], times: number]>([
		["a tentative address", ["40"], 3],
		["a tentative one among others", ["80", "c0"], 3],
		["none", [], 0],
		["one that is permanent", ["80"], 0],
		["one that somebody else was found to have, for which there is nothing to wait", ["c8"], 0],
	])("waits for %s as long as it may", async (_, flags, times) => {
		show(...flags);
		expect(await asked(later)).toBe(times);
	});

	it("ends once there is nothing to wait for any more", async () => {
		show("40");
		let times = 0;
		await settled(
			later,
			() => {
				times++;
				show("80");
				return false;
			},
			list,
		);
		expect(times).toBe(1);
	});

	it("gives up when the time is over, and waits for nothing on a kernel without IPv6", async () => {
		show("40");
		expect(await asked(Date.now() - 1)).toBe(0);
		rmSync(list);
		expect(await asked(later)).toBe(0);
	});
});
