import type { Host } from "../../host/host.ts";
import { createNodeHost } from "../../host/node.ts";
import { type Io, type ManifestIo, processIo } from "../io.ts";

/** What `shunt explain` needs of the outside world. */
export interface ExplainIo extends ManifestIo, Pick<Io, "env" | "isTerminal" | "writeFile" | "sayWhileSlow"> {
	/** For looking into network namespaces. */
	host(): Host;
}

export const processExplainIo: ExplainIo = { ...processIo, host: createNodeHost };
