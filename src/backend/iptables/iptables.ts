import type { Mode } from "../../domain/mode.ts";
import type { Backend } from "../backend.ts";
import { check } from "./check.ts";
import { setUp } from "./set-up.ts";
import { tearDown } from "./tear-down.ts";

/** The dialect of iptables, in one of its variants. */
export function iptablesBackend(mode: Mode): Backend {
	return {
		setUp: (host, plan, options) => setUp(host, mode, plan, options),
		check: (host, plan) => check(host, mode, plan),
		tearDown: (host, families) => tearDown(host, mode, families),
	};
}
