import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";

it("the Envoy of these tests is the one that pods are given", () => {
	const script = readFileSync(new URL("../../scripts/ensure-envoy.sh", import.meta.url), "utf8");
	const tested = /^version=(.+)$/m.exec(script)?.[1];
	const config = parseInjectConfig({ proxy: { kind: "envoy" } });
	expect(config).toMatchObject({
		ok: true,
		value: { proxy: { image: { version: `distroless-v${tested}` } } },
	});
});
