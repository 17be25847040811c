import { createHash, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ReviewClient } from "./support/client.ts";
import { reviewOf, typicalPod } from "./support/reviews.ts";
import { type RunningInjector, withInjector } from "./support/running-injector.ts";

const body = JSON.stringify(reviewOf(typicalPod()));

/** Posts from several connections at once until told to stop; some keep theirs, some make a new one each time. */
async function underLoad(injector: RunningInjector, during: () => Promise<void>) {
	const [port, ca] = [injector.port, injector.authority.cert];
	const clients = [true, true, true, false].map((keepAlive) => new ReviewClient({ port, ca, keepAlive }));
	const seen = {
		patches: new Set<string>(),
		fingerprints: new Set<string>(),
		failures: [] as unknown[],
		count: 0,
	};
	let isOver = false;
	const post = async (client: ReviewClient) => {
		while (!isOver) {
			try {
				const { status, body: answer, fingerprint } = await client.post(body);
				const { response } = JSON.parse(answer);
				if (status !== 200 || response.allowed !== true || response.patch === undefined) {
					seen.failures.push(answer);
				}
				seen.patches.add(Buffer.from(response.patch, "base64").toString());
				seen.fingerprints.add(fingerprint);
				seen.count += 1;
			} catch (error) {
				seen.failures.push(error);
			}
		}
	};
	const posting = Promise.all(clients.map(post));
	await during();
	isOver = true;
	await posting;
	for (const client of clients) {
		client.close();
	}
	return seen;
}

function fingerprintOf(pem: string): string {
	const digest = createHash("sha256").update(new X509Certificate(pem).raw).digest("hex").toUpperCase();
	return digest.replace(/..(?=.)/g, "$&:");
}

describe("mounted files that are swapped under load", () => {
	it("take effect one after the other, and no request fails", () =>
		withInjector({}, async (injector) => {
			const issued: string[] = [];
			const seen = await underLoad(injector, async () => {
				for (let round = 1; round <= 10; round++) {
					const certificate = await injector.authority.issue();
					issued.push(fingerprintOf(certificate.cert));
					injector.swapCertificate(certificate);
					await injector.until(() => injector.logged("reloaded").length === round * 2 - 1);
					injector.swapValues(JSON.stringify({ proxy: { ports: { inbound: 5000 + round } } }));
					await injector.until(() => injector.logged("reloaded").length === round * 2);
					const from = seenSoFar(injector);
					await injector.until(() => seenSoFar(injector) > from + 20);
				}
			});
			expect(seen.failures).toEqual([]);
			expect(seen.count).toBeGreaterThan(200);
			const patches = [...seen.patches].join();
			for (let round = 1; round <= 10; round++) {
				expect(patches).toContain(`${5000 + round}`);
			}
			expect([...seen.fingerprints]).toEqual(expect.arrayContaining(issued));
			expect(await injector.metric('reloads_total{what="certificate",result="done"}')).toBe(10);
		}));

	it("that cannot be used leave the last good ones in force, and are complained about once", () =>
		withInjector({ flags: { checkInterval: "100ms" } }, async (injector) => {
			const stranger = await injector.authority.issue();
			const seen = await underLoad(injector, async () => {
				injector.swapValues("proxyInit: {iptablesMode: ipchains, nonsense: 1}\nproxy: {uid: root}\n");
				injector.swapCertificate({ ...stranger, key: "-----BEGIN NOTHING-----\n" });
				const complaint = "not reloaded; the last good one stays";
				await injector.until(() => injector.logged(complaint).length === 2);
				const from = seenSoFar(injector);
				await injector.until(() => seenSoFar(injector) > from + 100);
				const complaints = JSON.stringify(injector.logged(complaint));
				expect(injector.logged(complaint)).toHaveLength(2);
				expect(complaints).toMatch(/ipchains.*nonsense|nonsense.*ipchains/);
				expect(complaints).toContain("is not a private key");
				injector.swapValues("{}");
				injector.swapCertificate(stranger);
				await injector.until(() => injector.logged("reloaded").length >= 1);
			});
			expect(seen.failures).toEqual([]);
			expect(seen.patches.size).toBe(1);
		}));

	it("are found by the periodic check where nothing is notified", () =>
		withInjector({ flags: { checkInterval: "100ms" } }, async (injector) => {
			// A link to elsewhere: what changes there is no event of the folder that is watched.
			const { mkdtempSync, rmSync, symlinkSync, writeFileSync } = await import("node:fs");
			const elsewhere = mkdtempSync(`${injector.mount.folder}-elsewhere-`);
			writeFileSync(`${elsewhere}/values.yaml`, "{}");
			rmSync(injector.mount.path("values.yaml"));
			symlinkSync(`${elsewhere}/values.yaml`, injector.mount.path("values.yaml"));
			await new Promise((resolve) => setTimeout(resolve, 300));
			writeFileSync(`${elsewhere}/values.yaml`, "proxy: {uid: 4321}");
			await injector.until(() => injector.logged("reloaded").length === 1);
			rmSync(elsewhere, { recursive: true });
		}));
});

function seenSoFar(injector: RunningInjector): number {
	return injector.logged("injected").length;
}
