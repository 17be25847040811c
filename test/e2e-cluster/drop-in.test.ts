import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, families, kubectl } from "./support/cluster.ts";
import { type LinkerdImage, linkerdPod } from "./support/linkerd.ts";
import { removeNamespaces } from "./support/release.ts";
import { addressesOf, ready, trace, urlOf } from "./support/traffic.ts";
import { inject, namespace, pod, serverSpec } from "./support/workloads.ts";

const place = "e2e-drop-in";
const plain = { namespace: place, name: "plain" };

/** Linkerd's pods leave IPv6 alone by default, and nothing of Shunt is installed but its image. */
const hasIpv4 = (await families()).includes("IPv4");

const ways: readonly [LinkerdImage, string][] = [
	["shunt-init", "via kernel"],
	["shunt-init-tools", "via tools"],
];

beforeAll(() =>
	apply(namespace(place), pod({ ...plain, annotations: inject(false) }, serverSpec({ ports: [8080, 8081] }))),
);

afterAll(() => removeNamespaces(place));

describe.runIf(hasIpv4).each(ways)("drop-in, image %s", (image, said) => {
	const linkerd = { namespace: place, name: `linkerd-${image}` };

	it("a pod as Linkerd's injector writes it, with nothing but the image of its init container replaced, starts", async () => {
		await apply(linkerdPod(linkerd, image));
		await ready(place, linkerd.name, plain.name);
		const log = await kubectl("logs", "-n", place, linkerd.name, "-c", "linkerd-init");
		expect(log).toContain(said);
	});

	it("what comes in and what goes out passes its proxy, and what Linkerd's annotation skips does not", async () => {
		const address = async (of: typeof plain) =>
			(await addressesOf(of)).find((one) => !one.includes(":")) ?? "";
		const outward = await trace({
			client: linkerd,
			server: plain,
			url: urlOf(await address(plain)),
			times: 4,
		});
		expect(outward).toMatchObject({ outbound: 4, answers: Array(4).fill({ pod: "plain" }) });
		const inward = await trace({
			client: plain,
			server: linkerd,
			url: urlOf(await address(linkerd)),
			times: 4,
		});
		expect(inward).toMatchObject({ inbound: 4, answers: Array(4).fill({ pod: linkerd.name }) });
		const refused = await trace({
			client: plain,
			server: linkerd,
			url: urlOf(await address(linkerd), 8081),
			times: 1,
		});
		// Nobody listens there; a proxy would have taken the connection all the same.
		expect(refused).toMatchObject({ inbound: 0, answers: [{ error: "ECONNREFUSED" }] });
	});
});
