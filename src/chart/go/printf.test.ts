import { describe, expect, it } from "vitest";
import { CallError } from "./call-error.ts";
import { sprint, sprintln } from "./print.ts";
import { sprintf } from "./printf.ts";
import { GoBytes, GoMap, int, list, strings } from "./value.ts";

describe("printf", () => {
	it.each([
		["%s %d %v %q %t", ["a", int(1), "b", "c", true], 'a 1 b "c" true'],
		["%5d|%-5d|%05d|%+d|% d", [int(1), int(2), int(3), int(4), int(5)], "    1|2    |00003|+4| 5"],
		[
			"%x %X %#x %o %b %c %U",
			[int(255), int(255), int(255), int(8), int(5), int(65), int(66)],
			"ff FF 0xff 10 101 A U+0042",
		],
		["%.2f|%8.3f|%08.3f|%-8.1f|", [7.654_321, 2.5, -2.5, 1], "7.65|   2.500|-002.500|1.0     |"],
		["%6.2s|%q", ["abc", strings(["x", "y"])], '    ab|["x" "y"]'],
		[
			"%v %v",
			[
				new GoMap([
					["b", 2],
					["a", null],
				]),
				list([1, "x", true]),
			],
			"map[a:<nil> b:2] [1 x true]",
		],
		["%s %v", [new GoBytes("hi"), new GoBytes("hi")], "hi [104 105]"],
		["%d %d", [int(1)], "1 %!d(MISSING)"],
		["%d", [int(1), "more"], "1%!(EXTRA string=more)"],
		["%d", ["x"], "%!d(string=x)"],
		["%4d", ["x"], "%!d(string=   x)"],
		["%s", [null], "%!s(<nil>)"],
		["%[2]d %[1]d", [int(1), int(2)], "2 1"],
		["%[3]d", [int(1)], "%!d(BADINDEX)"],
		["%*d", [int(4), int(7)], "   7"],
		["%*d", ["x", int(7)], "%!(BADWIDTH)7"],
		["100%% %", [], "100% %!(NOVERB)"],
		["%T %T %T", [1.5, int(1), list([])], "float64 int []interface {}"],
	])("%j", (format, operands, text) => {
		expect(sprintf(format, operands)).toBe(text);
	});

	it.each(["%x", "%#v", "%p", "%#g"])("refuses %s of a float rather than guess", (format) => {
		expect(() => sprintf(format, [1.5])).toThrow(CallError);
	});
});

describe("print", () => {
	it("puts a space between two operands that are not strings", () => {
		expect(sprint([int(1), int(2), "a", "b", int(3), null])).toBe("1 2ab3 <nil>");
	});

	it("puts a space everywhere and ends the line when asked to", () => {
		expect(sprintln(["a", int(1)])).toBe("a 1\n");
	});
});
