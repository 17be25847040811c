import { expect, test } from "vitest";
import { defaultPath, findOnPath } from "./program-path.ts";

test.each([
	["the first folder that has it", "nft", "/a:/b:/c", ["/b/nft", "/c/nft"], "/b/nft"],
	["nothing where no folder has it", "nft", "/a:/b", ["/c/nft"], undefined],
	["the usual folders without a PATH", "nft", undefined, ["/usr/sbin/nft"], "/usr/sbin/nft"],
	["nothing with an empty PATH", "nft", "", ["/usr/sbin/nft", "/nft", "nft"], undefined],
	["no relative folder", "nft", ".:bin::/b", ["./nft", "bin/nft", "/nft", "nft", "/b/nft"], "/b/nft"],
	["a folder written with a slash at its end", "nft", "/a/", ["/a/nft"], "/a/nft"],
	["an absolute path as it is", "/x/nft", "/a", ["/x/nft"], "/x/nft"],
	["no relative path", "x/nft", "/a", ["x/nft", "/a/x/nft"], undefined],
	["no program without a name", "", "/a", ["/a/", "/a"], undefined],
])("finds %s", (_, program, path, executables, expected) => {
	expect(findOnPath(program, path, (candidate) => executables.includes(candidate))).toBe(expected);
});

test("the usual folders include those where iptables lives", () => {
	expect(defaultPath.split(":")).toEqual(expect.arrayContaining(["/usr/sbin", "/sbin"]));
});
