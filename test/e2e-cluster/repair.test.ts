import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentMetrics, installAgents, removeAgents } from "./support/agents.ts";
import { apply, becomes, get } from "./support/cluster.ts";
import { figure, memory } from "./support/figures.ts";
import { type Load, startLoad } from "./support/load.ts";
import { metricOf } from "./support/metrics.ts";
import { nodeFolders } from "./support/node-folders.ts";
import { flushRules, namespaceOf, rulesIn } from "./support/node-rules.ts";
import { hasParts } from "./support/parts.ts";
import { install, type Mode, removeNamespaces, uninstall } from "./support/release.ts";
import { addressesOf, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-repair";
const modes: readonly Mode[] = ["legacy", "nft", "nftables"];

let load: Load;

beforeAll(async () => {
	await installAgents("repairController.enabled=true");
	await install("disableIPv6=false", "cniEnabled=true");
	await apply(namespace(place, inject(true)));
	load = await startLoad(place);
});

afterAll(async () => {
	await removeNamespaces(place);
	await uninstall();
	await removeAgents();
});

interface Lived {
	readonly metadata: { readonly uid: string };
	readonly status: Readonly<
		Record<"containerStatuses" | "initContainerStatuses", readonly { readonly restartCount: number }[]>
	>;
}

/** Which pod it is, and how often its containers were started. */
async function lifeOf(name: string): Promise<unknown> {
	const { metadata, status } = await get<Lived>("pod", name, "-n", place);
	const { containerStatuses, initContainerStatuses } = status;
	return [
		metadata.uid,
		...[...initContainerStatuses, ...containerStatuses].map(({ restartCount }) => restartCount),
	];
}

async function eventsOf(name: string): Promise<string[]> {
	interface Events {
		readonly items: readonly { readonly reason: string }[];
	}
	const { items } = await get<Events>(
		"events",
		"-n",
		place,
		`--field-selector=involvedObject.kind=Pod,involvedObject.name=${name}`,
	);
	return items.map(({ reason }) => reason);
}

async function expectPath(client: string, server: string): Promise<void> {
	const [from, to] = [client, server].map((name) => ({ namespace: place, name }));
	for (const address of await addressesOf(to!)) {
		const path = await trace({ client: from!, server: to!, url: urlOf(address), times: 3 });
		expect(path, address).toMatchObject({ outbound: 3, inbound: 3, answers: Array(3).fill({ pod: server }) });
	}
}

describe.runIf(hasParts)("repair", () => {
	it.each(modes)(
		"mode %s: rules that somebody flushed are mended in place, told of and counted, and no request of other pods fails",
		async (mode) => {
			await installAgents("repairController.enabled=true", `iptablesMode=${mode}`);
			// The kubelet writes a changed configuration in its own time.
			await becomes(pluginList, (list) => list.includes(`"mode":"${mode}"`));
			const names = [`flushed-${mode}`, `other-${mode}`] as const;
			const [flushed, other] = names;
			await apply(...names.map((name) => pod({ name, namespace: place, annotations: {} }, serverSpec())));
			await ready(place, ...names);
			await expectPath(flushed, other);
			const [address = ""] = await addressesOf({ namespace: place, name: flushed });
			const file = namespaceOf(address);
			const rules = rulesIn(file, mode);
			expect(rules.length).toBeGreaterThan(0);
			const lived = await lifeOf(flushed);
			const mended = await podsMended();

			const began = Date.now();
			expect(flushRules(file, mode)).toEqual([]);
			const look = () => Promise.resolve(rulesIn(file, mode));
			expect(await becomes(look, (seen) => seen.length >= rules.length, 30)).toEqual(rules);
			figure(`until flushed rules of mode ${mode} were seen mended, seconds`, secondsSince(began));

			await becomes(
				() => eventsOf(flushed),
				(reasons) => reasons.includes("RulesMended"),
			);
			expect(await podsMended()).toBe(mended + 1);
			await expectPath(flushed, other);
			await expectPath(other, flushed);
			expect(await lifeOf(flushed)).toEqual(lived);
			expect(await eventsOf(other)).not.toContain("RulesMended");
			await load.goesOn();
			if (mode === modes.at(-1)) {
				memory("agent of shunt-cni, with repair", await agentMetrics());
			}
		},
	);
});

async function podsMended(): Promise<number> {
	return metricOf(await agentMetrics(), "shunt_agent_pods_mended_total");
}

/** What the runtime of the node loads, without spaces. */
function pluginList(): Promise<string> {
	const lists = readdirSync(nodeFolders.netDir).filter((name) => name.endsWith(".conflist"));
	const texts = lists.map((name) => readFileSync(`${nodeFolders.netDir}/${name}`, "utf8"));
	return Promise.resolve(texts.join("").replaceAll(/\s/g, ""));
}

function secondsSince(began: number): string {
	return ((Date.now() - began) / 1000).toFixed(1);
}
