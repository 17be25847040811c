import { expect, it } from "vitest";
import { parseSwitch } from "../policy/setting-forms.ts";
import { parseBoolean } from "./truth.ts";

/** What Go's strconv.ParseBool takes, https://pkg.go.dev/strconv#ParseBool. */
const yes = ["1", "t", "T", "TRUE", "true", "True"];
const no = ["0", "f", "F", "FALSE", "false", "False"];

it.each([...yes.map((text) => [text, true] as const), ...no.map((text) => [text, false] as const)])(
	"%s is a truth value, in flags and in annotations",
	(text, value) => {
		expect(parseBoolean(text, "--ipv6")).toEqual({ ok: true, value });
		expect(parseSwitch(text, "annotation")).toEqual({ ok: true, value });
	},
);

it.each(["", "yes", "no", "on", "tRUE", " true", "2", "enabled"])("%j is none in flags", (value) => {
	expect(parseBoolean(value, "--ipv6")).toMatchObject({ ok: false, problems: [{ source: "--ipv6", value }] });
});
