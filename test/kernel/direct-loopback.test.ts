import { expect, it } from "vitest";
import { loopbackInterface } from "../../src/backend/loopback.ts";
import { insideNetns } from "../support/inside-netns.ts";
import { withNetns } from "../support/netns.ts";

it("the loopback interface is found under whatever name it has, among others", () =>
	withNetns("loopback", (netns) => {
		const found = () => insideNetns(netns, loopbackInterface);
		expect(found()).toBe("lo");
		netns.run("ip", ["link", "add", "aaa0", "type", "veth", "peer", "name", "aaa1"]);
		netns.run("ip", ["link", "set", "lo", "down"]);
		netns.run("ip", ["link", "set", "lo", "name", "inner0"]);
		netns.run("ip", ["link", "set", "aaa0", "name", "lo"]);
		expect(found()).toBe("inner0");
		netns.run("ip", ["link", "set", "inner0", "up"]);
		expect(found()).toBe("inner0");
	}));
