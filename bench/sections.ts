import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { benchAgent } from "./agent.ts";
import { benchCniAdd } from "./cni-add.ts";
import { benchCniSandboxes } from "./cni-sandboxes.ts";
import { benchConnections } from "./connections.ts";
import { benchCostPerConnection } from "./cost-per-connection.ts";
import { benchInjector } from "./injector.ts";
import { benchLongLists } from "./long-lists.ts";
import { machineFacts } from "./machine.ts";
import { benchManifests } from "./manifests.ts";
import { benchManyNamespaces } from "./many-namespaces.ts";
import { benchMemory } from "./memory.ts";
import type { Meter } from "./meter.ts";
import { benchOneNamespace } from "./one-namespace.ts";
import { benchRendering } from "./rendering.ts";
import { benchTransport } from "./transport.ts";
import { benchUnderQuota } from "./under-quota.ts";
import { benchValidate } from "./validate.ts";

export interface Bench {
	readonly meter: Meter;
	/** For files that what is measured reads and writes. */
	readonly folder: string;
	readonly rounds: number;
}

/** A part of the results file that can be made alone. Undefined when there is nothing to say. */
export type Section = (bench: Bench) => Promise<string | undefined>;

export const sections: Readonly<Record<string, Section>> = {
	"one-namespace": measured(({ meter, folder, rounds }) => benchOneNamespace(meter, folder, rounds)),
	transport: measured(({ meter, folder, rounds }) => benchTransport(meter, folder, rounds)),
	"under-quota": measured(({ meter, folder, rounds }) => benchUnderQuota(meter, folder, rounds)),
	"many-namespaces": measured(({ meter, folder }) => benchManyNamespaces(meter, folder)),
	"cni-add": measured(({ meter, folder, rounds }) => benchCniAdd(meter, folder, rounds * 4)),
	"cni-sandboxes": measured(() => benchCniSandboxes()),
	agent: measured(() => benchAgent()),
	"long-lists": measured(({ meter, rounds }) => benchLongLists(meter, Math.ceil(rounds / 5))),
	"cost-per-connection": measured(({ rounds }) => benchCostPerConnection(rounds)),
	connections: measured(({ rounds }) => benchConnections(Math.ceil(rounds / 5))),
	memory: measured(async ({ folder }) => benchMemory(folder)),
	proxy: async () => readProxyResults(),
	validate: measured(({ rounds }) => benchValidate(rounds)),
	rendering: measured(({ meter, rounds }) => benchRendering(meter, rounds)),
	manifests: measured(async ({ folder, rounds }) => benchManifests(folder, Math.ceil(rounds / 8))),
	injector: measured(({ folder, rounds }) => benchInjector(folder, Math.ceil(rounds / 5))),
};

/** Each section carries its own date and machine, since it may be younger than its neighbours. */
function measured(section: (bench: Bench) => Promise<string>): Section {
	return async (bench) => `${await section(bench)}\n\n${machineFacts()}`;
}

/** The proxy's benchmark is a program of its own, which leaves its results here. */
function readProxyResults(): string | undefined {
	const path = fileURLToPath(new URL("proxy-results.md", import.meta.url));
	return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
