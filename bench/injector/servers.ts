import { spawn } from "node:child_process";
import { once } from "node:events";
import { InjectorProcess } from "../../test/injector/support/injector-process.ts";
import { freePort } from "../../test/injector/support/ports.ts";
import type { Target } from "./load.ts";
import { buildPrograms } from "./programs.ts";

export interface Servers {
	readonly injector: InjectorProcess;
	readonly echo: Target;
	stop(): Promise<void>;
}

/** With all threads of theirs before whatever else the machine does. */
const oneCore = ["nice", "-n", "-15", "taskset", "-c", "0"];

/** Both on the same processor, of which only one is asked at a time. */
export async function startServers(): Promise<Servers> {
	const programs = await buildPrograms();
	const injector = await InjectorProcess.start({ prefix: oneCore, main: [programs.injector], quiet: true });
	const { cert, key } = await injector.authority.issue();
	const port = await freePort();
	const [program = "", ...args] = [...oneCore, process.execPath, programs.echo];
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
