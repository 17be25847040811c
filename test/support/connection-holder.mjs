/**
 * Somebody who holds connections: `node connection-holder.mjs [--user UID] [--name TITLE] PORT…` listens on these ports and
 * keeps what comes. Standard input has one request for each line, and standard output an answer:
 * `{"connect":{"host":…,"port":…,"count":…}}`, `{"say":TEXT}` on every connection that was made here, `{"drop":true}`.
 */
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const args = process.argv.slice(2);
const option = (name) => {
	const at = args.indexOf(name);
	return at < 0 ? undefined : args.splice(at, 2)[1];
};
const [user, title] = [option("--user"), option("--name")];
if (title !== undefined) {
	process.title = title;
}
const made = [];
const taken = [];

for (const port of args) {
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		taken.push(socket);
		socket.on("error", () => {});
		socket.on("data", (data) => socket.write(data));
	});
	await new Promise((resolve) => server.listen({ port: Number(port), host: "::", backlog: 4096 }, resolve));
}
if (user !== undefined) {
	process.setgroups([]);
	process.setgid(Number(user));
	process.setuid(Number(user));
}

function open(host, port) {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port }, () => resolve(socket));
		socket.on("error", reject);
	});
}

async function answer({ connect: wanted, say, drop }) {
	if (wanted !== undefined) {
		const { host, port, count } = wanted;
		// Not all at once: a listener's queue is short.
		for (let left = count; left > 0; left -= 100) {
			const some = Array.from({ length: Math.min(left, 100) }, () => open(host, port));
			made.push(...(await Promise.all(some)));
		}
		return { made: made.length };
	}
	if (say !== undefined) {
		const heard = made.map(
			(socket) =>
				new Promise((resolve) => {
					const timer = setTimeout(() => resolve("silence"), 3000);
					const done = (how) => {
						clearTimeout(timer);
						resolve(how);
					};
					socket.once("data", (data) => done(`${data}`));
					socket.once("error", (error) => done(error.code));
					socket.once("close", () => done("closed"));
					socket.write(say);
				}),
		);
		return { heard: await Promise.all(heard) };
	}
	if (drop) {
		for (const socket of made.splice(0)) {
			socket.resetAndDestroy();
		}
	}
	return {};
}

process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`);
for await (const line of createInterface({ input: process.stdin })) {
	const said = await answer(JSON.parse(line)).catch((error) => ({ error: error.message }));
	process.stdout.write(`${JSON.stringify(said)}\n`);
}
