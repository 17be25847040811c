import { expect, test } from "vitest";
import { parseInitOptions } from "../../src/init/options.ts";
import { generateAttempt } from "./generate.ts";
import { createRandom } from "./random.ts";

function attempts(seed: number, count: number) {
	const random = createRandom(seed);
	return Array.from({ length: count }, () => generateAttempt(random));
}

const some = attempts(1, 500);
const accepted = some.filter(({ args }) => parseInitOptions(args, "shunt init").ok);

test("the same seed asks the same", () => {
	expect(attempts(4, 50)).toEqual(attempts(4, 50));
});

test("most attempts are good, and a fair number is not", () => {
	expect(accepted.length).toBeGreaterThan(350);
	expect(accepted.length).toBeLessThan(470);
});

test("a good attempt asks for the dialect that it will be read in", () => {
	const isAlias = (args: readonly string[]) =>
		args.some((word) => /^(--iptables-mode=)?iptables$/.test(word));
	for (const { args, mode } of accepted.filter(({ args }) => !isAlias(args))) {
		const parsed = parseInitOptions(args, "shunt init");
		expect(parsed.ok && parsed.value.mode, args.join(" ")).toBe(mode);
	}
});

test.each([
	"--incoming-proxy-port",
	"-p",
	/^-p\d/,
	/^-p=\d/,
	"-u",
	"-g",
	"-r",
	"-w",
	"-w=false",
	"--use-wait-flag",
	"--ipv6",
	"--ipv6=false",
	"--firewall-bin-path",
	"--firewall-save-bin-path",
	"--subnets-to-ignore",
	/^--outbound-ports-to-ignore=/,
	/^--iptables-mode=nft$/,
	"",
])("%s is tried", (wanted) => {
	const words = some.flatMap(({ args }) => args);
	const isWanted = (word: string) => (typeof wanted === "string" ? word === wanted : wanted.test(word));
	expect(words.filter(isWanted).length).toBeGreaterThan(2);
});
