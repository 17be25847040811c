import { isatty } from "node:tty";
import type { Host } from "../../host/host.ts";
import { createNodeHost } from "../../host/node.ts";
import { writeWhole } from "../../host/node-files.ts";
import { sayWhileSlow } from "../../host/node-slow-line.ts";
import { type ManifestWorld, processWorld as manifestWorld } from "../inject/world.ts";
import { wantsColour } from "../paint.ts";

/** What `shunt explain` needs of the outside world. */
export interface ExplainWorld extends ManifestWorld {
	/** All of it, or throws what node:fs throws. */
	writeFile(path: string, text: string): void;
	/** Whether standard output is something that shows colours. */
	readonly colours: boolean;
	/** As {@link Host.sayWhileSlow}. */
	sayWhileSlow(line: string | undefined): void;
	/** For looking into network namespaces. */
	host(): Host;
}

export const processWorld: ExplainWorld = {
	...manifestWorld,
	writeFile: writeWhole,
	colours: wantsColour(isatty(1), process.env),
	sayWhileSlow,
	host: createNodeHost,
};
