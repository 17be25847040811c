import { spawn } from "node:child_process";
import { once } from "node:events";
import { InjectorProcess } from "../../test/injector/support/injector-process.ts";
import { freePort } from "../../test/injector/support/ports.ts";
import type { Target } from "./load.ts";
import { on } from "./priority.ts";
import { buildEchoServer, injectorProgram } from "./programs.ts";

export interface Servers {
	readonly injector: InjectorProcess;
	readonly echo: Target;
	stop(): Promise<void>;
}

/** Both on the same processor, of which only one is asked at a time. */
export async function startServers(folder: string): Promise<Servers> {
	const echoProgram = await buildEchoServer(folder);
	const injector = await InjectorProcess.start({ prefix: on(0), main: injectorProgram(), quiet: true });
	const { cert, key } = await injector.authority.issue();
	const port = await freePort();
	const [program = "", ...args] = [...on(0), process.execPath, echoProgram];
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
