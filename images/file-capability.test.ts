import { describe, expect, it } from "vitest";
import { fileCapability } from "./file-capability.ts";

/** As `getfattr -n security.capability -e hex` prints what setcap(8) wrote. */
describe("fileCapability", () => {
	it("is what `setcap cap_net_admin,cap_net_raw=p` writes", () => {
		expect(fileCapability(["net_admin", "net_raw"], { effective: false }).toString("hex")).toBe(
			"0000000200300000000000000000000000000000",
		);
	});

	it("is what `setcap cap_net_admin=ep` writes", () => {
		expect(fileCapability(["net_admin"], { effective: true }).toString("hex")).toBe(
			"0100000200100000000000000000000000000000",
		);
	});
});
