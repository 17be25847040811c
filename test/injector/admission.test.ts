import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reviewOf, typicalPod } from "./support/reviews.ts";
import { RunningInjector } from "./support/running-injector.ts";

let injector: RunningInjector;

beforeAll(async () => {
	injector = await RunningInjector.start();
});

afterAll(() => injector.stop());

describe("a review over HTTPS", () => {
	it("of a pod that asks for it is answered with a patch that adds the containers", async () => {
		const { response } = await injector.client.review(reviewOf(typicalPod(), { uid: "abc" }));
		expect(response).toMatchObject({ uid: "abc", allowed: true, patchType: "JSONPatch" });
		const patch = JSON.parse(Buffer.from(response["patch"] ?? "", "base64").toString());
		const added = JSON.stringify(patch);
		expect(added).toContain("shunt-init");
		expect(added).toContain("shunt-proxy");
		expect(added).toContain("shunt.dev~1redirect");
	});

	it("of a pod that nobody asked to inject is answered with yes and nothing else", async () => {
		const { response } = await injector.client.review(reviewOf(typicalPod({})));
		expect(response).toMatchObject({ allowed: true });
		expect(response).not.toHaveProperty("patch");
	});

	it("of a pod with a bad annotation is answered with no, and with what is accepted", async () => {
		const pod = typicalPod({
			"shunt.dev/inject": "enabled",
			"config.shunt.dev/skip-inbound-ports": "80-20",
			"config.shunt.dev/proxy-uid": "root",
		});
		const { response } = await injector.client.review(reviewOf(pod));
		expect(response).toMatchObject({ allowed: false, status: { code: 422, reason: "Invalid" } });
		expect(response["status"]).toHaveProperty(
			"message",
			expect.stringMatching(/skip-inbound-ports: "80-20" .*; .*proxy-uid: "root" /),
		);
	});

	it("over TLS 1.1 does not happen", async () => {
		const { connect } = await import("node:tls");
		const socket = connect({
			port: injector.port,
			ca: injector.authority.cert,
			servername: "localhost",
			minVersion: "TLSv1.1",
			maxVersion: "TLSv1.1",
			ciphers: "DEFAULT@SECLEVEL=0",
		});
		const error = await new Promise((resolve) => {
			socket.on("error", resolve).on("secureConnect", () => resolve(undefined));
		});
		expect(String(error)).toMatch(/protocol version/i);
	});
});

describe("the namespace's annotations", () => {
	it("count for its pods, without a call per pod", async () => {
		injector.api.putNamespace("meshed", { "shunt.dev/inject": "enabled" });
		await injector.until(async () => (await injector.metric("namespaces")) === 2);
		const before = injector.api.seen.filter(({ path }) => path.startsWith("/api/v1/namespaces/")).length;
		for (let count = 0; count < 50; count++) {
			const { response } = await injector.client.review(reviewOf(typicalPod({}), { namespace: "meshed" }));
			expect(response).toHaveProperty("patch");
		}
		expect(injector.api.seen.filter(({ path }) => path.startsWith("/api/v1/namespaces/")).length).toBe(
			before,
		);
	});

	it("follow what happens to it", async () => {
		const isInjected = async () => {
			const { response } = await injector.client.review(reviewOf(typicalPod({}), { namespace: "changing" }));
			return "patch" in response;
		};
		injector.api.putNamespace("changing", { "shunt.dev/inject": "enabled" });
		await injector.until(isInjected);
		injector.api.putNamespace("changing", { "shunt.dev/inject": "disabled" });
		await injector.until(async () => !(await isInjected()));
		injector.api.watches.cut();
		injector.api.putNamespace("changing", { "shunt.dev/inject": "enabled" });
		await injector.until(isInjected);
		injector.api.store.compact();
		injector.api.watches.expire();
		injector.api.putNamespace("changing", {});
		await injector.until(async () => !(await isInjected()));
		injector.api.store.delete("v1/namespaces", "/changing");
	});
});

describe("events", () => {
	const eventsOf = (reason: string) =>
		injector.api.store.list("events.k8s.io/v1/events").filter((event) => event["reason"] === reason);

	it("tell of an injection on what makes the pod, once for all its pods", async () => {
		await injector.until(() => eventsOf("Injected").length > 0);
		const regarding = { kind: "ReplicaSet", name: "web-5d4f8c7b9d", namespace: "web" };
		const [event, ...others] = eventsOf("Injected").filter(({ metadata }) => metadata.namespace === "web");
		expect(event).toMatchObject({
			metadata: { namespace: "web" },
			regarding,
			type: "Normal",
			action: "Inject",
			reportingController: "shunt.dev/injector",
			eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
		});
		expect(others).toEqual([]);
	});

	it("tell of a skip and why", async () => {
		const pod = { ...typicalPod(), spec: { ...typicalPod().spec, hostNetwork: true } };
		await injector.client.review(reviewOf(pod));
		const skips = () => eventsOf("InjectionSkipped").filter(({ metadata }) => metadata.namespace === "web");
		await injector.until(() => skips().length > 0);
		expect(skips()).toMatchObject([{ note: expect.stringContaining("hostNetwork") }]);
	});

	it("are not made in a dry run", async () => {
		const pod = typicalPod();
		pod.metadata.ownerReferences[0]!.name = "only-asked";
		await injector.client.review(reviewOf(pod, { dryRun: true }));
		await injector.client.review(reviewOf(typicalPod(), { namespace: "last" }));
		await injector.until(() => eventsOf("Injected").some(({ metadata }) => metadata.namespace === "last"));
		expect(JSON.stringify(eventsOf("Injected"))).not.toContain("only-asked");
	});

	it("that the API server does not take delay nobody, and are counted", async () => {
		const hold = new Promise<void>(() => undefined);
		injector.api.obstacle = ({ path }) => (path.includes("/events") ? hold : undefined);
		const reviews = Array.from({ length: 1100 }, (_, number) => {
			const pod = typicalPod();
			pod.metadata.ownerReferences[0]!.name = `owner-${number}`;
			return injector.client.review(reviewOf(pod));
		});
		for (const { response } of await Promise.all(reviews)) {
			expect(response).toMatchObject({ allowed: true });
		}
		expect(await injector.metric('events_total{result="dropped"}')).toBeGreaterThan(50);
		injector.api.obstacle = () => undefined;
	});
});

describe("the admin server", () => {
	it("answers what it knows and nothing else", async () => {
		expect(await injector.admin("/live")).toMatchObject({ status: 200 });
		expect(await injector.admin("/ready?verbose")).toMatchObject({ status: 200, body: "ready\n" });
		expect(await injector.admin("/")).toMatchObject({ status: 404 });
		expect(await injector.admin("/live", "POST")).toMatchObject({ status: 405 });
		expect(await injector.metric('reviews_total{outcome="injected"}')).toBeGreaterThan(1000);
		expect(await injector.metric('skips_total{reason="host-network"}')).toBe(1);
		expect(await injector.metric("certificate_expiry_timestamp_seconds")).toBeGreaterThan(Date.now() / 1000);
	});
});
