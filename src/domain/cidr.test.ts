import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "./cidr.ts";

describe("an IPv6 address with its last bytes in decimal", () => {
	it.each([
		["::18.0.0.0", "::1200:0"],
		["::1.2.3.4", "::102:304"],
		["::0.0.0.1", "::1"],
		["::ffff:1.2.3.4", "::ffff:102:304"],
		["::ffff:0:1.2.3.4", "::ffff:0:102:304"],
		["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
		["1:2:3:4:5:6:255.255.255.255", "1:2:3:4:5:6:ffff:ffff"],
	])("%s is %s", (text, kept) => {
		const address = parseAddress(text);
		expect(address && formatAddress(address)).toBe(kept);
	});

	it.each([
		"::1.2.3",
		"::256.0.0.1",
		"::01.2.3.4",
		"::1.2.3.4:5",
		"1.2.3.4::",
		"1:2:3:4:5:6:7:1.2.3.4",
		"1.2.3.4.5",
	])("%s is none", (text) => expect(parseAddress(text)).toBeUndefined());
});
