import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { flagRules } from "../../explain/flags-subject.ts";
import { reportOn } from "./report.ts";
import { formatReports, paintFor } from "./table.ts";

const read = flagRules(
	["-p", "4143", "-o", "4140", "-u", "2102", "--outbound-ports-to-ignore", "3306"],
	"test",
);

function formatted(colours: boolean): string {
	if (!read.ok) {
		throw new Error("the flags are right");
	}
	const subject = { label: "these flags", source: "here", sender: { uid: 7 }, ...read.value };
	const packet = { direction: "outbound", to: "10.0.0.5", port: "3306" };
	return formatReports([reportOn(subject, packet)], paintFor(colours));
}

describe("the table", () => {
	it("tells the path, the rules, the deciding one and what was assumed", () => {
		expect(formatted(false)).toMatchInlineSnapshot(`
			"these flags (here)

			An outbound connection of uid 7 to 10.0.0.5:3306 goes straight to its destination, because outbound connections to port 3306 are exempt (--outbound-ports-to-ignore).

			  PROXY_INIT_OUTPUT 1  no     by user 2102: return
			                              the proxy itself runs as uid 2102: its own connections must pass, or they would come back to it for ever (--proxy-uid)
			  PROXY_INIT_OUTPUT 2  no     out on lo: return
			                              what leaves through the loopback interface stays inside the pod, and is no business of the proxy's (always)
			→ PROXY_INIT_OUTPUT 3  fits   tcp to port 3306: return
			                              outbound connections to port 3306 are exempt (--outbound-ports-to-ignore)

			Assumed:
			  protocol   tcp         the only one that is redirected
			  family     ipv4        the address is of it
			  from       192.0.2.10  an example of the pod's address
			  uid        7           what the first container runs as
			  gid        0           what containers run as unless told otherwise
			  interface  eth0        a pod's usual one
			"
		`);
	});

	it("has colours where they are wanted, and then says the same", () => {
		expect(formatted(true)).toContain("\u001b[1m");
		expect(stripVTControlCharacters(formatted(true))).toBe(formatted(false));
	});

	it("has no line with thousands of items", () => {
		const ports = Array.from({ length: 5000 }, (_, index) => index * 2 + 1).join();
		const long = flagRules(["-p", "4143", "-o", "4140", "--outbound-ports-to-ignore", ports], "test");
		if (!long.ok) {
			throw new Error("the flags are right");
		}
		const subject = { label: "these flags", source: "here", sender: {}, ...long.value };
		for (const packet of [{}, { direction: "outbound", port: "9" }]) {
			const text = formatReports([reportOn(subject, packet)], paintFor(false));
			expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(400);
			expect(text).toContain(" and 4990 more");
		}
	});
});
