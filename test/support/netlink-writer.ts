import { readFileSync } from "node:fs";
import { loadLibc } from "../../src/linux/libc.ts";
import { askNetlink } from "../../src/linux/netlink-socket.ts";
import { reportsIn } from "../../src/wire/answers.ts";

/** Sends what a file holds, in hexadecimal digits, at a moment, and prints the error numbers of the answer. */
const [file = "", moment = "0"] = process.argv.slice(2);
const request = Buffer.from(readFileSync(file, "utf8"), "hex").toString("latin1");
const libc = loadLibc();
while (Date.now() < Number(moment)) {
	// Waiting busily, so that all begin together.
}
const answer = askNetlink(libc, request, "netfilter");
const errors =
	"name" in answer ? [answer.number] : (reportsIn(answer, "little") ?? []).map(({ errno }) => errno);
process.stdout.write(JSON.stringify(errors.filter((errno) => errno !== 0)));
