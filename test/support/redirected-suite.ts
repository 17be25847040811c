import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { families } from "../../src/domain/family.ts";
import type { Mode } from "../../src/domain/mode.ts";
import {
	addresses,
	adminUrl,
	type ProxyInPod,
	peerPorts,
	podPorts,
	type RedirectedPod,
	startRedirectedPod,
} from "./redirected-pod.ts";
import type { Taken } from "./taken-connections.ts";

/** Every way to program a kernel; `auto` is one of them. */
const dialects: readonly Mode[] = ["legacy", "nft", "plain", "nftables"];

/** More than the buffers of a connection hold. */
const much = 3_000_000;

/** What must hold of real connections through any proxy that the injector adds, in every dialect. */
export function describeRedirection(proxy: ProxyInPod): void {
	describe.each(dialects)("a pod redirected in mode %s", (mode) => {
		let pod: RedirectedPod;

		beforeAll(async () => {
			pod = await startRedirectedPod(mode, proxy);
		});

		afterAll(() => pod?.remove());

		/** What the proxy took while something was done. */
		async function takenDuring<T>(act: () => Promise<T>): Promise<{ result: T; taken: Taken }> {
			const before = await pod.taken();
			const result = await act();
			const after = await pod.taken();
			return {
				result,
				taken: { inbound: after.inbound - before.inbound, outbound: after.outbound - before.outbound },
			};
		}

		describe.each(families)("over %s", (family) => {
			const { pod: podAddress, peer: peerAddress } = addresses[family];

			it("carries what comes in to where it was going, whole in both directions", async () => {
				const { result, taken } = await takenDuring(() => pod.outside.ask(podAddress, podPorts.asked, much));
				expect(result).toEqual({
					how: "end",
					isWhole: true,
					local: podAddress,
					localPort: podPorts.asked,
					// Of the proxy, which is in the pod.
					remote: podAddress,
				});
				expect(taken).toEqual({ inbound: 1, outbound: 0 });
			});

			it("carries what goes out to where it was going, whole in both directions, and once", async () => {
				const { result, taken } = await takenDuring(() => pod.inside.ask(peerAddress, peerPorts.asked, much));
				expect(result).toEqual({
					how: "end",
					isWhole: true,
					local: peerAddress,
					localPort: peerPorts.asked,
					remote: podAddress,
				});
				expect(taken).toEqual({ inbound: 0, outbound: 1 });
			});

			it("keeps a connection going whose server has ended its half", async () => {
				const inward = await pod.outside.hearThenSay(podAddress, podPorts.greeting, `in over ${family}`);
				const outward = await pod.inside.hearThenSay(peerAddress, peerPorts.greeting, `out over ${family}`);
				expect(inward).toMatchObject({ how: "end", localPort: podPorts.greeting });
				expect(outward).toMatchObject({ how: "end", localPort: peerPorts.greeting });
				await expect.poll(() => pod.inside.heard(), { timeout: 30_000 }).toContain(`in over ${family}`);
				await expect.poll(() => pod.outside.heard(), { timeout: 30_000 }).toContain(`out over ${family}`);
			});

			it("lets skipped ports pass the proxy by", async () => {
				const { result, taken } = await takenDuring(async () => ({
					inward: await pod.outside.ask(podAddress, podPorts.skipped),
					outward: await pod.inside.ask(peerAddress, peerPorts.skipped),
				}));
				expect(result.inward).toMatchObject({ isWhole: true, remote: peerAddress });
				expect(result.outward).toMatchObject({ isWhole: true, remote: podAddress });
				expect(taken).toEqual({ inbound: 0, outbound: 0 });
			});

			it("leaves what the pod tells itself alone", async () => {
				const { result, taken } = await takenDuring(() => pod.inside.ask(podAddress, podPorts.asked));
				expect(result).toMatchObject({ isWhole: true, local: podAddress });
				expect(taken).toEqual({ inbound: 0, outbound: 0 });
			});

			it("does not keep clients waiting for a server that is not there", async () => {
				const inward = await pod.outside.ask(podAddress, podPorts.unused);
				const outward = await pod.inside.ask(peerAddress, peerPorts.unused);
				for (const { how, isWhole } of [inward, outward]) {
					expect(isWhole).toBeUndefined();
					expect(["end", "ECONNRESET"]).toContain(how);
				}
			});

			it("ends a connection to the proxy's own ports instead of carrying it round and round", async () => {
				const { result, taken } = await takenDuring(async () => [
					await pod.outside.ask(podAddress, 4143),
					await pod.outside.ask(podAddress, 4140),
					await pod.inside.ask(podAddress, 4140),
				]);
				expect(result.map(({ isWhole }) => isWhole)).toEqual([undefined, undefined, undefined]);
				expect(result.map(({ how }) => how)).not.toContain("timeout");
				expect(taken.inbound + taken.outbound).toBeLessThan(10);
			});

			it("shows from outside that it lives and is ready, what it has done, and nothing else", async () => {
				expect(await pod.outside.get(adminUrl(family, "/ready"))).toMatchObject({ status: 200 });
				expect(await pod.outside.get(adminUrl(family, "/live"))).toMatchObject({ status: 200 });
				const metrics = await pod.outside.get(adminUrl(family, "/metrics"));
				expect(metrics).toMatchObject({ status: 200, body: expect.stringContaining("# TYPE ") });
				for (const path of ["/", "/quitquitquit", "/config_dump", "/stats"]) {
					expect(await pod.outside.get(adminUrl(family, path)), path).toMatchObject({ status: 404 });
				}
			});
		});
	});
}
