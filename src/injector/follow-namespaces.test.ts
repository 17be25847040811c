import { describe, expect, it } from "vitest";
import { VersionGone } from "../kube/follow-objects.ts";
import type { Cluster, NamespaceChange } from "./cluster.ts";
import { followNamespaces, NamespaceCache } from "./namespaces.ts";

type Watch = (from: string, onChange: (change: NamespaceChange) => void) => Promise<void>;

/** Follows until the last of the scripted watches; `lists` fail where they are an error. */
async function follow({ lists, watches }: { lists: (string | Error)[]; watches: Watch[] }) {
	const calls: string[] = [];
	const failures: string[] = [];
	const stop = new AbortController();
	const cache = new NamespaceCache(async () => undefined);
	const cluster: Cluster = {
		listNamespaces: async () => {
			calls.push("list");
			const next = lists.shift() ?? "999";
			if (next instanceof Error) {
				throw next;
			}
			return { namespaces: [{ name: "web", annotations: { at: next } }], resourceVersion: next };
		},
		watchNamespaces: async (from, onChange) => {
			calls.push(`watch ${from}`);
			const next = watches.shift();
			if (next === undefined) {
				stop.abort();
				throw new Error("aborted");
			}
			await next(from, onChange);
		},
		readNamespace: async () => undefined,
		configMap: () => {
			throw new Error("nobody asks for one");
		},
		createEvent: async () => undefined,
	};
	const failed = (error: unknown) => failures.push(String(error));
	const pauses = { leastMs: 1, mostMs: 4 };
	await followNamespaces({ cluster, cache, signal: stop.signal, failed, pauses });
	return { calls, failures, cache };
}

const set = (at: string): NamespaceChange => ({
	kind: "set",
	namespace: { name: "web", annotations: { at } },
	resourceVersion: at,
});

describe("following the namespaces", () => {
	it("lists once and then goes on from the last version that was seen", async () => {
		const { calls, failures, cache } = await follow({
			lists: ["10"],
			watches: [
				async (_, onChange) => onChange(set("11")),
				async (_, onChange) => onChange({ kind: "bookmark", resourceVersion: "20" }),
				async () => undefined,
			],
		});
		expect(calls).toEqual(["list", "watch 10", "watch 11", "watch 20", "watch 20"]);
		expect([failures, cache.annotationsOf("web")]).toEqual([[], { at: "11" }]);
	});

	it("goes on from there after a watch that broke, too", async () => {
		const { calls, failures } = await follow({
			lists: ["10"],
			watches: [
				async (_, onChange) => {
					onChange(set("11"));
					throw new Error("reset");
				},
			],
		});
		expect(calls).toEqual(["list", "watch 10", "watch 11"]);
		expect(failures).toEqual(["Error: reset"]);
	});

	it("lists anew where the version is gone", async () => {
		const gone: Watch = () => Promise.reject(new VersionGone("gone"));
		const { calls, cache } = await follow({ lists: ["10", "30"], watches: [gone] });
		expect(calls).toEqual(["list", "watch 10", "list", "watch 30"]);
		expect(cache.annotationsOf("web")).toEqual({ at: "30" });
	});

	it("keeps trying where it cannot even list, and keeps what it knows", async () => {
		const lists = [new Error("down"), new Error("down"), "10"];
		const { calls, failures, cache } = await follow({ lists, watches: [] });
		expect(calls).toEqual(["list", "list", "list", "watch 10"]);
		expect([failures.length, cache.synced]).toEqual([2, true]);
	});
});
