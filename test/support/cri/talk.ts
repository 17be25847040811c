import { type ChildProcess, spawn } from "node:child_process";
import type { Netns } from "../netns.ts";
import { eventually } from "./eventually.ts";

/** Answers every connection with the address that it seems to come from. Takes ports; serves both families. */
const reflector = `
for (const port of process.argv.slice(1)) {
	require("node:net")
		.createServer((socket) => {
			socket.on("error", () => {});
			socket.end(socket.remoteAddress.replace(/^::ffff:/, ""));
		})
		.listen({ host: "::", port: Number(port) }, () => console.log("listening on " + port));
}`;

/** Prints what a server says before it hangs up, or the error's code. Takes host and port. */
const ask = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port) });
socket.setTimeout(20_000, () => socket.destroy(Object.assign(new Error(), { code: "no answer" })));
socket.on("error", ({ code }) => process.stdout.write(code));
socket.pipe(process.stdout);`;

/** Prints what a web server answers with 200, and nothing otherwise. Takes a URL. */
const get = `
fetch(process.argv[1], { signal: AbortSignal.timeout(20_000) })
	.then(async (response) => process.stdout.write(response.ok ? await response.text() : ""))
	.catch(() => {});`;

/** Arguments of node. */
export const scripts = {
	reflector: (...ports: readonly number[]) => ["-e", reflector, ...ports.map(String)],
	ask: (host: string, port: number) => ["-e", ask, host, String(port)],
	get: (host: string, port: number, path: string) => [
		"-e",
		get,
		`http://${host.includes(":") ? `[${host}]` : host}:${port}${path}`,
	],
} as const;

/** A server outside of all pods. */
export async function startReflector(netns: Netns, port: number): Promise<ChildProcess> {
	const child = spawn("ip", ["netns", "exec", netns.name, process.execPath, ...scripts.reflector(port)], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	let output = "";
	child.stdout.setEncoding("utf8").on("data", (text: string) => {
		output += text;
	});
	await eventually("the server outside", () => (output.includes("listening") ? true : undefined));
	return child;
}
