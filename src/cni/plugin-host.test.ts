import { expect, it } from "vitest";
import { createMemoryHost } from "../host/memory.ts";
import { rulesHost, withToolFolders } from "./plugin-host.ts";

/** A host that has these files, and only the last part of a path among its programs on PATH. */
function hostWith(files: readonly string[], onPath: readonly string[] = []) {
	const asked: string[] = [];
	const host = {
		...createMemoryHost(),
		find: (program: string) => {
			asked.push(program);
			return onPath.includes(program) ? `/path/${program}` : files.find((file) => file === program);
		},
	};
	return { host, asked };
}

it("takes what PATH has, and looks no further", () => {
	const { host, asked } = hostWith(["/usr/sbin/nft", "/opt/shunt/bin/nft"], ["nft"]);
	expect(withToolFolders(host, "/opt/shunt/bin").find("nft")).toBe("/path/nft");
	expect(asked).toEqual(["nft"]);
});

it("takes the node's own before the agent's", () => {
	const { host } = hostWith(["/opt/shunt/bin/nft", "/run/current-system/sw/bin/nft"]);
	expect(withToolFolders(host, "/opt/shunt/bin").find("nft")).toBe("/run/current-system/sw/bin/nft");
});

it("takes the agent's where the node has none", () => {
	const { host } = hostWith(["/opt/shunt/bin/nft"]);
	expect(withToolFolders(host, "/opt/shunt/bin").find("nft")).toBe("/opt/shunt/bin/nft");
	expect(withToolFolders(host, undefined).find("nft")).toBeUndefined();
});

it("goes by the way that the entry asks for, and says in its words why not by another", () => {
	const { host } = hostWith(["/usr/sbin/nft"]);
	const batch = { subsystem: "nf_tables", messages: [] } as never;
	expect(rulesHost(host, undefined).find("nft")).toBe("/usr/sbin/nft");
	expect(rulesHost(host, { binDir: undefined, transport: "kernel" }).find("nft")).toBeUndefined();
	expect(rulesHost(host, { binDir: undefined, transport: "kernel" }).env("PATH")).toBe(
		"where none is looked for: shunt.transport kernel",
	);
	expect(rulesHost(host, { binDir: undefined, transport: "tools" }).netlink(batch)).toMatchObject({
		message: "not asked, as shunt.transport tools wants it",
	});
});
