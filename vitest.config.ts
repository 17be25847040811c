import { defineConfig } from "vitest/config";

/** The tiers of the test suite. `unit` needs Node alone; `kernel` needs root (or a user namespace) and the tools. */
export default defineConfig({
	test: {
		testTimeout: 60_000,
		hookTimeout: 60_000,
		projects: [
			{
				extends: true,
				test: {
					name: "unit",
					include: ["src/**/*.test.ts", "test/{property,golden,repository}/**/*.test.ts"],
				},
			},
			{
				extends: true,
				test: {
					name: "contract",
					include: ["test/contract/**/*.test.ts"],
					exclude: ["test/contract/**/*native*.test.ts"],
				},
			},
			{
				extends: true,
				test: {
					name: "kernel",
					include: ["test/kernel/**/*.test.ts"],
					testTimeout: 600_000,
					hookTimeout: 120_000,
					// Two cores: more would only measure the scheduler.
					maxWorkers: 2,
				},
			},
			{
				extends: true,
				test: { name: "native", include: ["test/contract/**/*native*.test.ts"], testTimeout: 600_000 },
			},
		],
	},
});
