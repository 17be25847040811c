import { describe, expect, it } from "vitest";
import { reviewOf, typicalPod } from "./support/reviews.ts";
import { type RunningInjector, withInjector } from "./support/running-injector.ts";

const flags = { configMap: "shunt/shunt-config" };
const body = JSON.stringify(reviewOf(typicalPod()));

function putConfiguration({ api }: RunningInjector, inbound: number): void {
	const data = { "values.yaml": JSON.stringify({ proxy: { ports: { inbound } } }) };
	api.store.put("v1/configmaps", { metadata: { namespace: "shunt", name: "shunt-config" }, data });
}

/** The port that a pod is given now. */
async function inboundPort({ client }: RunningInjector): Promise<string | undefined> {
	const { body: answer } = await client.post(body);
	const patch = Buffer.from(JSON.parse(answer).response.patch, "base64").toString();
	return /"--incoming-proxy-port","(\d+)"/.exec(patch)?.[1];
}

const settled = (injector: RunningInjector, port: string) =>
	injector.until(async () => (await inboundPort(injector)) === port);

describe("the configuration", () => {
	it("is the ConfigMap's as soon as that changes, while the mounted file is still the old one", () =>
		withInjector({ flags }, async (injector) => {
			expect(await inboundPort(injector)).toBe("4143");
			putConfiguration(injector, 5001);
			await settled(injector, "5001");
			putConfiguration(injector, 5002);
			await settled(injector, "5002");
			// What a kubelet writes late is older.
			injector.swapValues(JSON.stringify({ proxy: { ports: { inbound: 5001 } } }));
			await new Promise((resolve) => setTimeout(resolve, 300));
			expect(await inboundPort(injector)).toBe("5002");
		}));

	it("is the newest in an injector that ends: who is asked after a rollout answers as the new ones do", () =>
		withInjector({ flags: { ...flags, shutdownDelay: "5s" } }, async (injector) => {
			injector.signal();
			await injector.until(async () => (await injector.admin("/ready")).body.includes("stopping"));
			putConfiguration(injector, 5003);
			await settled(injector, "5003");
		}));

	it("that cannot be used is refused, and the last good one stays", () =>
		withInjector({ flags }, async (injector) => {
			const data = { "values.yaml": "proxy: {uid: root}\n" };
			injector.api.store.put("v1/configmaps", {
				metadata: { namespace: "shunt", name: "shunt-config" },
				data,
			});
			await injector.until(() => injector.logged("not reloaded; the last good one stays").length === 1);
			expect(await inboundPort(injector)).toBe("4143");
		}));

	it("is the file's where the ConfigMap is gone", () =>
		withInjector({ flags }, async (injector) => {
			putConfiguration(injector, 5001);
			await settled(injector, "5001");
			injector.api.store.delete("v1/configmaps", "shunt/shunt-config");
			injector.swapValues(JSON.stringify({ proxy: { ports: { inbound: 5004 } } }));
			await settled(injector, "5004");
		}));

	it("does not keep an injector from being ready that may not ask for it", () =>
		withInjector({ flags, forbidden: /\/configmaps/ }, async (injector) => {
			expect(injector.logged("the configuration cannot be followed; its file counts").length).toBeGreaterThan(
				0,
			);
			injector.swapValues(JSON.stringify({ proxy: { ports: { inbound: 5005 } } }));
			await settled(injector, "5005");
		}));
});
