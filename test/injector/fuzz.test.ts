import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInjectConfig } from "../../src/inject/parse-config.ts";
import { type AdmissionAnswer, admitPod } from "../../src/injector/admit-pod.ts";
import { answerReview } from "../../src/injector/answer-review.ts";
import { mutatedReview } from "./support/mutations.ts";
import { withInjector } from "./support/running-injector.ts";

const pristine = prototypes();

/** Everything that an object inherits, with its descriptors: `__proto__` made enumerable is pollution too. */
function prototypes(): string {
	const all = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Object, Array];
	return JSON.stringify(
		all.map((one) =>
			Reflect.ownKeys(one).map((key) => {
				const { enumerable, writable, value } = Object.getOwnPropertyDescriptor(one, key) ?? {};
				return [String(key), enumerable, writable, typeof value];
			}),
		),
	);
}

/** What an API server would make of it. */
function checkAnswer(status: number, text: string): void {
	const answer = JSON.parse(text);
	if (status !== 200) {
		expect(answer).toMatchObject({ kind: "Status", code: status, message: expect.any(String) });
		return;
	}
	expect(answer).toMatchObject({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" });
	const { uid, allowed, patch, patchType, status: refusal } = answer.response;
	expect(typeof uid).toBe("string");
	if (patch !== undefined) {
		expect([allowed, patchType]).toEqual([true, "JSONPatch"]);
		expect(Array.isArray(JSON.parse(Buffer.from(patch, "base64").toString()))).toBe(true);
	}
	if (allowed !== true) {
		expect(refusal.message.length).toBeGreaterThan(0);
	}
}

describe("mutated reviews", () => {
	it("get an answer each, 50,000 of them, and none of them an internal error", async () => {
		const config = parseInjectConfig({});
		if (!config.ok) {
			throw new Error("no configuration");
		}
		const failures: string[] = [];
		const outcomes: Record<string, number> = {};
		const count = (kind: string) => {
			outcomes[kind] = (outcomes[kind] ?? 0) + 1;
		};
		const deciding = {
			admit: (request: Parameters<typeof admitPod>[0]) => admitPod(request, config.value, {}),
			annotationsOf: () => ({}),
			answered: (_: unknown, answer: AdmissionAnswer) => {
				count(answer.kind);
				failures.push(...(answer.kind === "failed" ? [answer.reason] : []));
			},
			malformed: () => count("malformed"),
		};
		await fc.assert(
			fc.asyncProperty(mutatedReview, async (bytes) => {
				const { status, body } = await answerReview(bytes, deciding);
				checkAnswer(status, body);
				expect(failures).toEqual([]);
			}),
			{ numRuns: 50_000 },
		);
		// Every kind of answer was among them, or the mutations do not reach far enough.
		expect(Object.keys(outcomes).sort()).toEqual(["injected", "malformed", "refused", "skipped"]);
		expect(prototypes()).toBe(pristine);
	});

	it("get an answer each over HTTPS, and the server lives on", () =>
		withInjector({ flags: { logLevel: "error" } }, async (injector) => {
			const reviews = fc.sample(mutatedReview, 3000);
			const post = async () => {
				for (let bytes = reviews.pop(); bytes !== undefined; bytes = reviews.pop()) {
					const { status, body } = await injector.client.post(bytes);
					checkAnswer(status, body);
				}
			};
			await Promise.all(Array.from({ length: 16 }, post));
			expect(await injector.metric('reviews_total{outcome="malformed"}')).toBeGreaterThan(100);
			expect(injector.logged("failed").filter(({ error }) => !/namespace/.test(String(error)))).toEqual([]);
			expect(prototypes()).toBe(pristine);
		}));
});
