// Listens and connects inside one network namespace, as one user, for the whole of a test.
//
//   node wire-helper.mjs LABEL UID GID PORT…   listens on the ports, on every address of both families
//
// A connection is answered with "LABEL PORT". Each line of standard input asks for connections, as a JSON list of
// {host, port, from?}; the answer is one line with what each met: an answer, "refused", or how else it failed.
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const timeLimit = 10_000;
const [label, uid, gid, ...ports] = process.argv.slice(2);

await Promise.all(ports.map((port) => listen(Number(port))));
process.setgroups([]);
process.setgid(Number(gid));
process.setuid(Number(uid));
process.stdout.write("ready\n");

for await (const line of createInterface({ input: process.stdin })) {
	const answers = await Promise.all(JSON.parse(line).map(attempt));
	process.stdout.write(`${JSON.stringify(answers)}\n`);
}
process.exit(0);

function listen(port) {
	return new Promise((resolve, reject) => {
		createServer((socket) => {
			socket.on("error", () => socket.destroy());
			socket.end(`${label} ${port}`);
		})
			.on("error", reject)
			.listen({ port, host: "::", backlog: 128 }, resolve);
	});
}

function attempt({ host, port, from }) {
	return new Promise((resolve) => {
		let answer = "";
		const socket = connect({ host, port, ...(from === undefined ? {} : { localAddress: from }) });
		socket.setTimeout(timeLimit, () => socket.destroy(new Error("timeout")));
		socket.setEncoding("utf8");
		socket.on("data", (text) => {
			answer += text;
		});
		socket.on("end", () => resolve(answer));
		socket.on("error", (error) =>
			resolve(error.code === "ECONNREFUSED" ? "refused" : `${error.code ?? error.message}`),
		);
	});
}
