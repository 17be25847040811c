import { describe, expect, it } from "vitest";
import { createAuthority } from "../../test/support/api-server/certificates.ts";
import { certificateSource } from "./mounted.ts";

const { parse } = certificateSource("tls.crt", "tls.key");

describe("a certificate and its key", () => {
	it("are good with the chain behind them", async () => {
		const authority = await createAuthority();
		const { cert, key, notAfter } = await authority.issue();
		expect(parse([cert + authority.cert, key])).toMatchObject({ ok: true, value: { key } });
		const parsed = parse([cert, key]);
		const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
		expect(parsed.ok && seconds(parsed.value.notAfter)).toBe(seconds(notAfter));
	});

	it("of which one was read before the other was exchanged are refused", async () => {
		const authority = await createAuthority();
		const [before, after] = [await authority.issue(), await authority.issue()];
		expect(parse([before.cert, after.key])).toMatchObject({
			ok: false,
			problems: [{ source: "tls.key", complaint: "is not the key of tls.crt" }],
		});
	});

	it("are both complained about", () => {
		expect(parse(["", ""])).toMatchObject({ problems: [{ source: "tls.crt" }, { source: "tls.key" }] });
	});

	it("with a broken chain are refused", async () => {
		const { cert, key } = await (await createAuthority()).issue();
		const broken = `${cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`;
		expect(parse([broken, key])).toMatchObject({
			problems: [{ source: "tls.crt", complaint: "cannot be served" }],
		});
	});
});
