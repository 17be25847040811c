import { expect, test } from "vitest";
import { childEnvironment } from "./child-environment.ts";
import { defaultPath } from "./program-path.ts";

test("passes on the path and what is meant for iptables, and nothing else", () => {
	const ours = {
		PATH: "/p",
		XTABLES_LOCKFILE: "/run/l",
		XTABLES_LIBDIR: "/lib/x",
		LD_PRELOAD: "/evil",
		LC_ALL: "de_DE",
	};
	expect(childEnvironment(ours)).toEqual({
		PATH: "/p",
		LC_ALL: "C",
		XTABLES_LOCKFILE: "/run/l",
		XTABLES_LIBDIR: "/lib/x",
	});
});

test("gives children the path that programs are looked up on", () => {
	expect(childEnvironment({})).toEqual({ PATH: defaultPath, LC_ALL: "C" });
	expect(childEnvironment({ PATH: "" })).toEqual({ PATH: "", LC_ALL: "C" });
});
