import { expect, it } from "vitest";
import { errnoOf, errnoOfThrown } from "./errno.ts";
import { loadLibc } from "./libc.ts";

const libc = loadLibc();

it("a call that fails answers -1, and says why, the first time and after it", () => {
	for (const _ of ["first", "second"]) {
		expect(libc.listen(-1, 1)).toBe(-1);
		expect(errnoOf(libc.errno())).toEqual({ name: "EBADF", number: 9, message: "bad file descriptor" });
	}
});

it("interfaces have numbers and names", () => {
	const index = libc.if_nametoindex("lo");
	expect(index).toBeGreaterThan(0);
	expect(libc.if_indextoname(index, new Uint8Array(16))).toBe("lo");
	expect(libc.if_indextoname(0x7fffffff, new Uint8Array(16))).toBeNull();
});

it("is loaded once", () => {
	expect(loadLibc()).toBe(libc);
});

it.each([
	[2, { name: "ENOENT", number: 2, message: "no such file or directory" }],
	[-2, { name: "ENOENT", number: 2, message: "no such file or directory" }],
	[8, { name: "ENOEXEC", number: 8, message: "exec format error" }],
	// On a network alone, and so not in libuv's table.
	[115, { name: "EINPROGRESS", number: 115, message: "error 115" }],
	[4000, { name: "errno 4000", number: 4000, message: "error 4000" }],
])("the error number %d has a name", (number, errno) => {
	expect(errnoOf(number)).toEqual(errno);
});

it("what is no error of the system's goes on", () => {
	expect(() => errnoOfThrown(new Error("mine"))).toThrow("mine");
});
