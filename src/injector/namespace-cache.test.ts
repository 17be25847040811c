import { describe, expect, it } from "vitest";
import type { Namespace } from "./cluster.ts";
import { NamespaceCache } from "./namespaces.ts";

function cacheOf(read: (name: string) => Promise<Namespace | undefined>) {
	const asked: string[] = [];
	const cache = new NamespaceCache((name) => {
		asked.push(name);
		return read(name);
	});
	return { cache, asked };
}

const web = { name: "web", annotations: { a: "1" } };

describe("the namespaces' annotations", () => {
	it("are there at once for those that were listed, without what is only long", () => {
		const { cache, asked } = cacheOf(() => Promise.reject(new Error("not to be asked")));
		const long = { "kubectl.kubernetes.io/last-applied-configuration": "{}" };
		expect(cache.synced).toBe(false);
		cache.replace({
			namespaces: [{ ...web, annotations: { ...web.annotations, ...long } }],
			resourceVersion: "1",
		});
		expect([cache.synced, cache.size, cache.annotationsOf("web"), asked]).toEqual([true, 1, { a: "1" }, []]);
	});

	it("follow changes", async () => {
		const { cache } = cacheOf(async () => undefined);
		cache.replace({ namespaces: [web], resourceVersion: "1" });
		cache.apply({ kind: "set", namespace: { name: "web", annotations: { a: "2" } }, resourceVersion: "2" });
		expect(cache.annotationsOf("web")).toEqual({ a: "2" });
		cache.apply({ kind: "deleted", name: "web", resourceVersion: "3" });
		expect(await cache.annotationsOf("web")).toEqual({});
	});

	it("are asked for once where many want those of an unknown one", async () => {
		const { cache, asked } = cacheOf(async (name) => ({ name, annotations: { new: "1" } }));
		const answers = await Promise.all([1, 2, 3].map(() => cache.annotationsOf("new")));
		expect([answers, asked]).toEqual([[{ new: "1" }, { new: "1" }, { new: "1" }], ["new"]]);
	});

	it("are not asked for without bound", async () => {
		let release = () => {};
		const held = new Promise<undefined>((resolve) => {
			release = () => resolve(undefined);
		});
		const { cache, asked } = cacheOf(() => held);
		const answers = Array.from({ length: 100 }, async (_, number) => cache.annotationsOf(`n${number}`));
		await expect(Promise.race(answers.slice(32))).rejects.toThrow("n32 is not known yet");
		expect(asked).toHaveLength(32);
		release();
		await Promise.allSettled(answers);
	});

	it("that cannot be had say so with their name", async () => {
		const { cache } = cacheOf(() => Promise.reject(new Error("the API server answered 403")));
		await expect(cache.annotationsOf("web")).rejects.toThrow(
			"the annotations of namespace web are not known: the API server answered 403",
		);
	});

	it("of a namespace by the name of a prototype are nobody's", async () => {
		const { cache } = cacheOf(async () => undefined);
		expect(await cache.annotationsOf("constructor")).toEqual({});
	});
});
