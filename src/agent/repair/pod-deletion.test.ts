import { expect, it } from "vitest";
import type { MeshedPod } from "./meshed-pod.ts";
import { PodDeletion } from "./pod-deletion.ts";

const pod = { hasController: true } as MeshedPod;

it("is for pods that failed three times in a row and come back, so many in any minute", () => {
	let time = 0;
	const deletion = new PodDeletion(2, () => time);
	expect(deletion.mayDelete(pod, 2)).toBe(false);
	expect(deletion.mayDelete({ ...pod, hasController: false }, 9)).toBe(false);
	expect([3, 4, 5].map((failures) => deletion.mayDelete(pod, failures))).toEqual([true, true, false]);
	time = 59_999;
	expect(deletion.mayDelete(pod, 3)).toBe(false);
	time = 60_000;
	expect(deletion.mayDelete(pod, 3)).toBe(true);
});

it("is for none where nobody said how many", () => {
	expect(new PodDeletion(0, () => 0).mayDelete(pod, 100)).toBe(false);
});
