# What people and CI run. Each target does its own set-up.

.PHONY: demo test build check mutations newest-tools bench native images docs release e2e e2e-runtimes kernels gvisor cluster cluster-stop e2e-cluster cluster-scale clean

# Our own tools first, without npx, which takes as long to find one as some take to run; and where iptables is, since a
# shell from plain su has no sbin in its path.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH):/usr/sbin:/sbin

NODE_MODULES := node_modules/.package-lock.json
SITE_MODULES := docs/site/node_modules/.package-lock.json

demo: build
	scripts/ensure-tools.sh
	node dist/demo/main.js

test: build
	scripts/test.sh

build: $(NODE_MODULES)
	node scripts/build.mjs

# What has not changed since the last check is not compiled again.
check: build
	tsc -p tsconfig.core.json --incremental --tsBuildInfoFile dist/.tsc/core
	tsc -p tsconfig.json --incremental --tsBuildInfoFile dist/.tsc/all
	tsc -p tsconfig.page.json --incremental --tsBuildInfoFile dist/.tsc/page
	biome check --error-on-warnings .
	vitest run --project unit test/repository

# All spoilt messages and tables: too long for each change.
mutations: $(NODE_MODULES)
	SHUNT_WIRE_MUTATIONS=100000 SHUNT_MUTATED_TABLES=100000 vitest run --project unit test/property/wire-mutations.test.ts src/backend/iptables/legacy-table.test.ts

# What we write, read by the newest iptables and nft of Debian: 300 policies. Needs root.
newest-tools: $(NODE_MODULES)
	scripts/ensure-tools.sh
	scripts/newest-tools.sh

bench: build native
	scripts/ensure-tools.sh python3 time haproxy wrk curl
	scripts/ensure-e2e.sh
	scripts/reference.sh || true
	npx tsx bench/main.ts

native: $(NODE_MODULES)
	native/build.sh

# Needs root for nothing, the network for Debian's packages.
images: build native
	npx tsx images/build.ts

# The site in dist/site, of the pages in docs/ and a few others: docs/releasing.md. Its generator has packages of its own, which
# nothing else needs.
docs: $(NODE_MODULES) $(SITE_MODULES)
	tsx scripts/docs/stage-site.ts
	cd docs/site && node_modules/.bin/vitepress build

# Everything that is published, in dist/release, for amd64 and arm64; it publishes nothing: docs/releasing.md.
release: build
	tsx scripts/release/release.ts

e2e: images
	scripts/ensure-tools.sh
	scripts/ensure-containerd.sh 1.7 2
	for tier in e2e containerd-1.7 containerd-2; do npx vitest run --project $$tier || exit 1; done

# The CNI plugin and the agent under containerd 1.6, 1.7 and 2: what `make e2e` does under one of them, and more often.
e2e-runtimes: images
	scripts/ensure-tools.sh
	scripts/e2e-runtimes.sh

# Debian's kernels in emulated machines: docs/kernels.md. KERNELS names some of them.
KERNELS := 5.10 6.1 6.12 7.2
kernels: build native
	scripts/ensure-tools.sh
	scripts/kernels/ensure-machine.sh
	SHUNT_TEST_KERNELS="$(KERNELS)" vitest run --project kernels

# In gVisor's sandboxes: docs/gvisor.md. Needs root and Go. Not in `make test`, since it builds gVisor the first time.
gvisor: build
	scripts/ensure-tools.sh
	scripts/ensure-gvisor.sh
	vitest run --project gvisor

# A Kubernetes cluster of one node, in namespaces of its own: docs/e2e-cluster.md. Needs root and Go.
cluster: $(NODE_MODULES)
	scripts/cluster/cluster.sh start

cluster-stop:
	scripts/cluster/cluster.sh stop

# Not in `make test`, since it builds Kubernetes the first time.
e2e-cluster: images
	scripts/cluster/e2e.sh

# How long many pods take until they are ready, with Shunt and without, and what is asked of the API server for them.
cluster-scale: images
	E2E_PROJECT=cluster-scale CLUSTER_AUDIT=yes scripts/cluster/e2e.sh

clean:
	rm -rf dist native/target node_modules docs/site/node_modules docs/site/pages

$(NODE_MODULES): package-lock.json
	npm ci --no-audit --no-fund

$(SITE_MODULES): docs/site/package-lock.json
	cd docs/site && npm ci --no-audit --no-fund
