import { defineConfig } from "vitest/config";

/** Real kernels on shared machines; and two cores, where more workers would only measure the scheduler. */
const slow = { testTimeout: 600_000, hookTimeout: 120_000, maxWorkers: 2 };

/** Debian's stable containerd asks no plugin for its status. */
const needsContainerd2 = "test/e2e/cni-status.test.ts";

/**
 * What makes, reads or takes away rules with one outcome whoever does it. Other files of the kernel tier take both ways
 * themselves, are about one of them, or have nothing to do with who makes rules.
 */
const byEitherWay = [
	"accepted-input",
	"clean",
	"concurrency",
	"differential",
	"existing-state",
	"foreign-programs",
	"killed",
	"long-lists",
	"mode-change",
	"native-rules-beside",
	"nftables",
	"recorded-cases",
	"status",
	"status-families",
	"status-foreign",
	"status-nftables",
];

/**
 * The tiers of the test suite. `unit` needs Node alone; `contract` and `kernel` need root (or a user namespace) and
 * the tools; `native` is the kernel tier again, and the contract of its own host, on the native program; `e2e` runs the
 * images in pods, which takes root, containerd and what `make images` makes, and `containerd-RELEASE` a part of it under
 * another containerd; `chart` compares our charts' renderer with
 * Helm, which `scripts/ensure-helm.sh` installs; `kernels` boots Debian's kernels in emulated machines, with what
 * `scripts/kernels/ensure-machine.sh` installs, and the native program in them; `envoy` needs what the kernel tier does, and Envoy, which
 * `scripts/ensure-envoy.sh` fetches; `shells` presses the tab key in zsh and fish, and runs `kubectl shunt`; `cluster` needs etcd and a
 * Kubernetes API server, and `whole-cluster` starts all of Kubernetes (scripts/cluster).
 */
export default defineConfig({
	test: {
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// What passed only at the second try is named loudly (scripts/retried-reporter.mjs).
		retry: process.env["CI"] === "true" ? 1 : 0,
		projects: [
			{
				extends: true,
				test: {
					name: "unit",
					include: [
						"{src,images,demo,bench}/**/*.test.ts",
						"test/{property,golden,repository,recorder,injector,agent,check,cli,explain}/**/*.test.ts",
					],
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
			{ extends: true, test: { name: "kernel", include: ["test/kernel/**/*.test.ts"], ...slow } },
			{
				extends: true,
				test: {
					name: "native",
					include: ["test/contract/**/*native*.test.ts", "test/kernel/**/*.test.ts"],
					// What does not run `shunt init`, `shunt clean` or the plugin has nothing native in it.
					exclude: [
						"test/kernel/{connections,proxy,demo,bench,explain,readme,ruleset,validate}*.test.ts",
						"test/kernel/{agent,agent-repair,namespace-watches}.test.ts",
					],
					env: { SHUNT_PROGRAM: `${import.meta.dirname}/dist/native/shunt` },
					...slow,
				},
			},
			// What goes by either way with one outcome, again with everything left to the tools (SHUNT_TRANSPORT).
			{
				extends: true,
				test: {
					name: "tools",
					include: byEitherWay.map((name) => `test/kernel/${name}.test.ts`),
					// Of the random policies a part: what packets fare is not the way's to decide, but what the tools write down.
					env: { SHUNT_TRANSPORT: "tools", SHUNT_DIFFERENTIAL_SAMPLES: "60" },
					...slow,
				},
			},
			{ extends: true, test: { name: "envoy", include: ["test/envoy/**/*.test.ts"], ...slow } },
			{
				extends: true,
				test: {
					name: "kernels",
					include: ["test/kernels/**/*.test.ts"],
					...slow,
					// An emulated machine takes a processor for itself, and longer to come up where it does not get one.
					hookTimeout: 300_000,
					maxWorkers: 1,
				},
			},
			// What runs in a sandbox of gVisor's, and the tier that makes one for it.
			{
				extends: true,
				test: { name: "inside-gvisor", include: ["test/gvisor/inside/**/*.test.ts"], ...slow, maxWorkers: 1 },
			},
			{
				extends: true,
				test: { name: "gvisor", include: ["test/gvisor/*.test.ts"], ...slow, maxWorkers: 1 },
			},
			{ extends: true, test: { name: "chart", include: ["test/chart/**/*.test.ts"], ...slow } },
			// A page in Chromium, which `scripts/ensure-chromium.sh` installs.
			{
				extends: true,
				test: { name: "browser", include: ["test/browser/**/*.test.ts"], ...slow, maxWorkers: 1 },
			},
			{ extends: true, test: { name: "shells", include: ["test/shells/**/*.test.ts"], ...slow } },
			// A real API server, which `scripts/ensure-api-server.sh` builds.
			{
				extends: true,
				test: { name: "cluster", include: ["test/cluster/**/*.test.ts"], ...slow, maxWorkers: 1 },
			},
			// The first steps on a whole cluster of one node, which it starts itself, without what has to be built besides.
			{
				extends: true,
				test: {
					name: "whole-cluster",
					include: ["test/whole-cluster/**/*.test.ts"],
					globalSetup: ["test/whole-cluster/support/own-cluster.ts"],
					env: {
						CLUSTER_STATE: `${import.meta.dirname}/dist/whole-cluster`,
						CLUSTER_CONTAINERD: "1.7",
						CLUSTER_COREDNS: "none",
					},
					...slow,
					maxWorkers: 1,
				},
			},
			// Shunt on a whole cluster, which `make e2e-cluster` starts. Not a part of `make test`.
			{
				extends: true,
				test: {
					name: "e2e-cluster",
					include: ["test/e2e-cluster/**/*.test.ts"],
					...slow,
					// Everything that is installed and taken away again, on a machine that builds beside it.
					hookTimeout: 300_000,
					maxWorkers: 1,
				},
			},
			// How much of it a node and a control plane bear: `make cluster-scale`.
			{
				extends: true,
				test: {
					name: "cluster-scale",
					include: ["test/cluster-scale/**/*.test.ts"],
					testTimeout: 3_600_000,
					hookTimeout: 300_000,
					maxWorkers: 1,
				},
			},
			// The CNI plugin under other releases of containerd, which `scripts/ensure-containerd.sh` fetches.
			...["1.7", "2"].map((release) => ({
				extends: true as const,
				test: {
					name: `containerd-${release}`,
					include: ["test/e2e/{cni-containerd,cni-runtime,cni-status}.test.ts"],
					exclude: release === "2" ? [] : [needsContainerd2],
					env: { E2E_CONTAINERD: release },
					...slow,
					maxWorkers: 1,
				},
			})),
			// One machine with a containerd at a time.
			{
				extends: true,
				test: {
					name: "e2e",
					include: ["test/e2e/**/*.test.ts"],
					exclude: process.env["E2E_CONTAINERD"] === "2" ? [] : [needsContainerd2],
					...slow,
					maxWorkers: 1,
				},
			},
		],
	},
});
