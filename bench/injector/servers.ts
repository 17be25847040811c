import { spawn } from "node:child_process";
import { once } from "node:events";
import { InjectorProcess } from "../../test/injector/support/injector-process.ts";
import { freePort } from "../../test/injector/support/ports.ts";
import type { Target } from "./load.ts";

export interface Servers {
	readonly injector: InjectorProcess;
	readonly echo: Target;
	stop(): Promise<void>;
}

const oneCore = ["taskset", "-c", "0"];

/** Both on the same processor, of which only one is asked at a time. */
export async function startServers(): Promise<Servers> {
	const injector = await InjectorProcess.start({ prefix: oneCore, quiet: true });
	const { cert, key } = await injector.authority.issue();
	const port = await freePort();
	const main = new URL("echo-server.ts", import.meta.url).pathname;
	const [program = "", ...args] = [...oneCore, process.execPath, "--import", "tsx", main];
	const echo = spawn(program, args, {
		stdio: ["ignore", "pipe", "inherit"],
		env: { ...process.env, CERT: cert, KEY: key, PORT: `${port}` },
	});
	await once(echo.stdout, "data");
	return {
		injector,
		echo: { port, pid: echo.pid ?? 0 },
		stop: async () => {
			echo.kill();
			await injector.stop();
		},
	};
}
