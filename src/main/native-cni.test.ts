import { expect, it } from "vitest";
import { createRehearsal } from "../host/native-rehearsal.ts";
import { main, rehearse } from "./native-cni.ts";

it("rehearses without fault", () => {
	expect(rehearse()).toBe(undefined);
});

it("is the plugin, whatever it is called", () => {
	const printed: string[] = [];
	const functions = {
		...createRehearsal(),
		variable: (name: string) => (name === "CNI_COMMAND" ? "VERSION" : undefined),
		stdout: (text: string) => {
			printed.push(text);
			return undefined;
		},
	};
	expect(main(functions)("/opt/cni/bin/linkerd-cni", [])).toBe(0);
	expect(JSON.parse(printed.join(""))).toMatchObject({ cniVersion: "1.1.0" });
});
