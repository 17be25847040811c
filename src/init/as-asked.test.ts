import { describe, expect, it } from "vitest";
import { backendOf } from "../backend/backends.ts";
import { dialects } from "../domain/mode.ts";
import { createMemoryHost } from "../host/memory.ts";
import { asAsked } from "./as-asked.ts";

/** A host of whose programs these are not installed; the kernel can be told from what stands in its place. */
function hostWithout(programs: readonly string[]) {
	const host = createMemoryHost({ hasNft: true });
	for (const program of programs) {
		host.uninstall(program);
	}
	return host;
}

describe("programs that flags name", () => {
	it.each(dialects)(
		"make the rules of mode %s where they are installed, else the kernel is asked",
		(mode) => {
			const asked = { mode, transport: "named" } as const;
			const kept = asAsked(hostWithout([]), asked);
			expect(kept.netlink("", "netfilter")).toMatchObject({ name: "EOPNOTSUPP" });
			const bare = hostWithout(backendOf(mode).programs);
			expect(asAsked(bare, asked)).toBe(bare);
		},
	);

	it("count as installed in mode auto as soon as one of any dialect is", () => {
		const asked = { mode: "auto", transport: "named" } as const;
		const all = dialects.flatMap((dialect) => backendOf(dialect).programs);
		const one = hostWithout(all.slice(1));
		expect(asAsked(one, asked)).not.toBe(one);
		const none = hostWithout(all);
		expect(asAsked(none, asked)).toBe(none);
	});
});

it("--transport tools keeps the kernel out of reach, whatever is installed", () => {
	const kept = asAsked(hostWithout(backendOf("nft").programs), { mode: "nft", transport: "tools" });
	expect(kept.netlink("", "netfilter")).toMatchObject({ name: "EOPNOTSUPP" });
});
