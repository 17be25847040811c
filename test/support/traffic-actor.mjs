// Listens, and talks to those who listen, inside one network namespace for the whole of a test.
//
//   node traffic-actor.mjs GREETING ASKED…     ports, each on every address of both families
//
// An asked port hears its client out and then answers with what it saw, as JSON. The greeting port tells that first, ends
// its own half of the connection and hears its client out after that. A line of standard input asks for something, as
// JSON; the answer is one line.
import { createHash } from "node:crypto";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const timeLimit = 30_000;
/** What the greeting port has been told, in order. */
const heard = [];
const [greetingPort, ...askedPorts] = process.argv.slice(2).map(Number);

for (const host of ["0.0.0.0", "::"]) {
	await listen(host, greetingPort, greet);
	await Promise.all(askedPorts.map((port) => listen(host, port, answer)));
}
process.stdout.write("ready\n");

const requests = { ask, hearThenSay, heard: () => heard, get };

for await (const line of createInterface({ input: process.stdin })) {
	const { what, ...details } = JSON.parse(line);
	process.stdout.write(`${JSON.stringify(await requests[what](details))}\n`);
}
process.exit(0);

/** Sends so many bytes, ends, and tells how the connection ended and what the other side saw. */
async function ask({ host, port, bytes }) {
	const question = Buffer.alloc(bytes, "the quick brown fox ");
	const { text, how } = await converse({ host, port }, (socket) => socket.end(question));
	if (text === "") {
		return { how };
	}
	const { digest, length, filler, ...saw } = JSON.parse(text);
	const isWhole = digest === digestOf(question) && length === bytes && filler.length === bytes;
	return { how, isWhole, ...saw };
}

/** Listens until the other side has ended its half, and only then says something. */
async function hearThenSay({ host, port, text }) {
	const answer = await converse({ host, port }, (socket) => socket.on("end", () => socket.end(text)));
	return { how: answer.how, ...JSON.parse(answer.text || "{}") };
}

async function get({ url }) {
	const response = await fetch(url, { signal: AbortSignal.timeout(timeLimit) }).catch(({ cause }) => ({
		status: 0,
		text: () => String(cause),
	}));
	return { status: response.status, body: await response.text() };
}

async function answer(socket) {
	const question = await readAll(socket);
	const { length } = question;
	// As long as the question, so that both directions carry as much.
	const filler = "-".repeat(length);
	socket.end(JSON.stringify({ ...seenBy(socket), length, digest: digestOf(question), filler }));
}

async function greet(socket) {
	socket.end(JSON.stringify(seenBy(socket)));
	heard.push((await readAll(socket)).toString());
}

function listen(host, port, serve) {
	return new Promise((resolve, reject) => {
		createServer({ allowHalfOpen: true }, (socket) => {
			socket.on("error", () => socket.destroy());
			serve(socket);
		})
			.on("error", reject)
			.listen({ host, port, ipv6Only: true }, resolve);
	});
}

function seenBy({ localAddress, localPort, remoteAddress }) {
	return { local: localAddress, localPort, remote: remoteAddress };
}

/** To the end of the stream, or to nothing where it breaks. */
function readAll(socket) {
	const chunks = [];
	return new Promise((resolve) => {
		socket.on("data", (chunk) => chunks.push(chunk));
		socket.on("end", () => resolve(Buffer.concat(chunks)));
		socket.on("error", () => resolve(Buffer.alloc(0)));
	});
}

/** `how` is `end` for a FIN, else the errno(3) name. */
function converse(where, speak) {
	return new Promise((resolve) => {
		let text = "";
		const socket = connect({ ...where, allowHalfOpen: true });
		socket.setTimeout(timeLimit, () => socket.destroy(Object.assign(new Error(), { code: "timeout" })));
		socket.on("connect", () => speak(socket));
		socket.on("data", (chunk) => {
			text += chunk;
		});
		socket.on("end", () => resolve({ how: "end", text }));
		socket.on("error", ({ code }) => resolve({ how: code, text }));
	});
}

function digestOf(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
}
