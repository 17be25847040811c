import { expect, it } from "vitest";
import { type FileTree, file, inOrder, link, linkTarget } from "./file-tree.ts";

it("inOrder makes the parents that nobody named, once, before what is in them", () => {
	const tree: FileTree = new Map([
		["/usr/lib/b", file("b")],
		["/usr/bin/a", file("a")],
		["/etc", { kind: "directory", mode: 0o700 }],
		["/etc/c", link("d")],
	]);
	expect(inOrder(tree).map(([path, { kind }]) => `${path} ${kind}`)).toEqual([
		"/etc directory",
		"/etc/c link",
		"/usr directory",
		"/usr/bin directory",
		"/usr/bin/a file",
		"/usr/lib directory",
		"/usr/lib/b file",
	]);
	expect(inOrder(tree)[0]).toEqual(["/etc", { kind: "directory", mode: 0o700 }]);
});

it.each([
	["/usr/sbin/iptables", "xtables-nft-multi", "/usr/sbin/xtables-nft-multi"],
	["/usr/lib64/ld.so", "/lib/x86_64-linux-gnu/ld.so", "/usr/lib/x86_64-linux-gnu/ld.so"],
	["/usr/lib64/ld.so", "../lib/ld.so", "/usr/lib/ld.so"],
])("linkTarget: %s → %s is %s", (path, target, expected) => {
	expect(linkTarget(path, target)).toBe(expected);
});
