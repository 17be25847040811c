/**
 * A vitest reporter that names the tests which passed only at a second try, so that what a busy machine did to a test
 * does not stop anybody, and what a race in the product did does not go unseen.
 */
// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export.
export default class RetriedReporter {
	onTestRunEnd(modules) {
		for (const module of modules) {
			for (const test of module.children.allTests()) {
				// One that is expected to fail counts as tried again.
				if (test.diagnostic()?.flaky && !test.options.fails) {
					const errors = (test.result().errors ?? []).map(({ message }) => message.slice(0, 2_000));
					console.error(
						`\n!!! passed at the second try only: ${module.moduleId}: ${test.fullName}\n${errors.join("\n")}\n`,
					);
				}
			}
		}
	}
}
