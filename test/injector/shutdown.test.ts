import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { ReviewClient } from "./support/client.ts";
import { reviewOf, typicalPod } from "./support/reviews.ts";
import { type RunningInjector, withInjector } from "./support/running-injector.ts";

const body = JSON.stringify(reviewOf(typicalPod()));

/** A review of which the last byte is still to come. */
async function unfinished(injector: RunningInjector) {
	const socket = connect({ port: injector.port, ca: injector.authority.cert, servername: "localhost" });
	const read = { text: "" };
	socket.on("data", (part) => {
		read.text += part;
	});
	const closed = new Promise((resolve) => socket.on("close", resolve).on("error", () => undefined));
	const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`;
	await new Promise<void>((resolve) => {
		socket.on("secureConnect", () => socket.write(`${head}\r\n\r\n${body.slice(0, -1)}`, () => resolve()));
	});
	return { read, closed, finish: () => socket.write(body.slice(-1)) };
}

describe("a stop signal", () => {
	it.each(["SIGTERM", "SIGINT"] as const)("%s lets an idle injector go at once, with success", (signal) =>
		withInjector({}, async (injector) => {
			await injector.client.post(body);
			injector.signal(signal);
			expect(await injector.exit).toBe(0);
			expect(injector.logged("stopping")).toMatchObject([{ signal }]);
		}),
	);

	it("lets a review finish that has begun, while it is not ready for more", () =>
		withInjector({ flags: { shutdownTimeout: "10m" } }, async (injector) => {
			const review = await unfinished(injector);
			injector.signal();
			await injector.until(async () => (await injector.admin("/ready")).body.includes("stopping"));
			expect(await injector.admin("/live")).toMatchObject({ status: 200 });
			const late = new ReviewClient({ port: injector.port, ca: injector.authority.cert });
			await injector.until(async () =>
				late.post(body).then(
					() => false,
					({ code }) => code === "ECONNREFUSED",
				),
			);
			late.close();
			review.finish();
			await review.closed;
			expect(review.read.text).toContain('"patchType":"JSONPatch"');
			expect(review.read.text).toMatch(/connection: close/i);
			expect(await injector.exit).toBe(0);
		}));

	it("loses no request of those who come until everybody knows", () =>
		withInjector({ flags: { shutdownDelay: "3s" } }, async (injector) => {
			const failures: unknown[] = [];
			let isOver = false;
			const post = async () => {
				while (!isOver) {
					await injector.client.post(body).then(
						({ status }) => status === 200 || failures.push(status),
						(error) => isOver || failures.push(error),
					);
				}
			};
			const posting = Promise.all(Array.from({ length: 8 }, post));
			await injector.until(() => injector.logged("injected").length > 50);
			injector.signal();
			await injector.until(async () => (await injector.admin("/ready")).status === 503);
			const from = injector.logged("injected").length;
			await injector.until(() => injector.logged("injected").length > from + 50);
			// What a service's endpoints do: nobody new is sent here.
			isOver = true;
			await posting;
			expect(await injector.exit).toBe(0);
			expect(failures).toEqual([]);
		}));

	it("cuts off at the deadline who does not come to an end, and that is still success", () =>
		withInjector({ flags: { shutdownTimeout: "100ms" } }, async (injector) => {
			const review = await unfinished(injector);
			injector.signal();
			await review.closed;
			expect(await injector.exit).toBe(0);
		}));

	it("given twice does not wait", () =>
		withInjector({ flags: { shutdownDelay: "10m", shutdownTimeout: "10m" } }, async (injector) => {
			const review = await unfinished(injector);
			injector.signal();
			await injector.until(async () => (await injector.admin("/ready")).status === 503);
			injector.signal();
			await review.closed;
			expect(await injector.exit).toBe(0);
		}));
});
