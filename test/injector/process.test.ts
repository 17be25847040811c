import { describe, expect, it } from "vitest";
import { ReviewClient } from "./support/client.ts";
import { InjectorProcess } from "./support/injector-process.ts";
import { reviewOf, typicalPod } from "./support/reviews.ts";

const body = JSON.stringify(reviewOf(typicalPod()));

async function withProcess(flags: readonly string[], use: (injector: InjectorProcess) => Promise<void>) {
	const injector = await InjectorProcess.start({ flags });
	try {
		await use(injector);
	} finally {
		await injector.stop();
	}
}

async function post(injector: InjectorProcess, count: number): Promise<void> {
	const client = new ReviewClient({ port: injector.port, ca: injector.authority.cert });
	let left = count;
	const one = async () => {
		for (; left > 0; left--) {
			expect((await client.post(body)).status).toBe(200);
		}
	};
	await Promise.all(Array.from({ length: 16 }, one));
	client.close();
}

describe("the injector as a process", () => {
	it.each(["SIGTERM", "SIGINT"] as const)("ends with success after %s, having said so", (signal) =>
		withProcess(["--shutdown-delay", "100ms"], async (injector) => {
			await post(injector, 20);
			injector.kill(signal);
			expect(await injector.exit).toBe(0);
			expect(injector.lines.map(({ msg }) => msg)).toEqual(
				expect.arrayContaining(["listening", "injected", "stopping", "stopped"]),
			);
			expect(injector.complaints).toBe("");
		}),
	);

	it("neither grows nor keeps descriptors", () =>
		withProcess(["--log-level", "error"], async (injector) => {
			await post(injector, 3000);
			const [memory, descriptors] = [injector.residentKilobytes(), injector.descriptors()];
			for (let round = 0; round < 4; round++) {
				await post(injector, 1500);
			}
			// A leak of one review would be 40 MB by now.
			expect(injector.residentKilobytes() - memory).toBeLessThan(32 * 1024);
			expect(injector.descriptors()).toBeLessThanOrEqual(descriptors + 16);
		}));

	it("fails with a sentence where its port is taken", async () => {
		const { createServer } = await import("node:net");
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const { port } = server.address() as import("node:net").AddressInfo;
		const started = InjectorProcess.start({ flags: ["--admin-port", `${port}`] });
		await expect(started).rejects.toThrow("ended with 1");
		server.close();
	});
});
