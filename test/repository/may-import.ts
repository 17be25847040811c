/** Who may import whom: the only place where that is said. What holds it against the source is `walls.ts`. */

/** A folder of the source, or a file that stands apart from its folder. A folder inside another has a row of its own. */
export interface Room {
	/** See the README. A room imports from its own ring and those below. */
	readonly ring: 0 | 1 | 2 | 3 | 4;
	/**
	 * Beside what is in the room itself. Rings 0-2 run inside the native program too, and so may import neither Node's
	 * modules nor any package that is not named here; rings 3 and 4 may import those without being named.
	 */
	readonly imports: readonly string[];
}

export type Table = Readonly<Record<string, Room>>;

export const mayImport: Table = {
	"src/domain": { ring: 0, imports: ["ipaddr.js"] },

	// What can be said about a pod's traffic, and where: flags, annotations, stamps, values.
	"src/policy": { ring: 1, imports: ["src/domain"] },
	"src/rules": { ring: 1, imports: ["src/domain", "src/policy"] },
	// The port to the outside world, which is types alone, and how a command's input is had.
	"src/host/host.ts": { ring: 1, imports: ["src/domain"] },
	"src/host/command-input.ts": { ring: 1, imports: ["src/host/host.ts"] },
	"src/host/errno.ts": { ring: 1, imports: ["src/host/host.ts"] },

	"src/backend": {
		ring: 2,
		imports: [
			"src/backend/iptables",
			"src/backend/nftables",
			"src/domain",
			"src/host/host.ts",
			"src/rules",
			"src/wire",
		],
	},
	"src/backend/iptables": {
		ring: 2,
		imports: [
			"src/backend",
			"src/domain",
			"src/host/command-input.ts",
			"src/host/host.ts",
			"src/policy",
			"src/rules",
			"src/wire",
		],
	},
	"src/backend/nftables": {
		ring: 2,
		imports: ["src/backend", "src/domain", "src/host/host.ts", "src/policy", "src/rules", "src/wire"],
	},
	// A pretended ip_tables, in which the native program rehearses.
	"src/host/memory-xtables.ts": { ring: 2, imports: ["src/domain", "src/host/host.ts", "src/wire"] },
	// What every command has: flags, arguments, help, log, failures, the network namespace that it is sent to.
	"src/command": { ring: 2, imports: ["src/backend", "src/domain", "src/host/host.ts", "src/policy"] },
	// The same grammar for commands that commander declares.
	"src/command/strict-command.ts": { ring: 3, imports: ["src/command", "src/domain"] },
	"src/init": {
		ring: 2,
		imports: ["src/backend", "src/command", "src/domain", "src/host/host.ts", "src/policy", "src/rules"],
	},
	// The CNI plugin, and what it shares with the node's agent.
	"src/cni": {
		ring: 2,
		imports: [
			"src/backend",
			"src/command",
			"src/domain",
			"src/host/host.ts",
			"src/init",
			"src/inject",
			"src/rules",
			"src/policy",
		],
	},
	"src/status": {
		ring: 2,
		imports: [
			"src/backend",
			"src/cni",
			"src/command",
			"src/domain",
			"src/host/host.ts",
			"src/init",
			"src/policy",
			"src/rules",
		],
	},
	"src/connections": {
		ring: 2,
		imports: [
			"src/backend",
			"src/command",
			"src/domain",
			"src/explain",
			"src/host/host.ts",
			"src/rules",
			"src/status",
			"src/wire",
		],
	},
	// Messages to and from the kernel: bytes in, bytes out.
	"src/wire": { ring: 2, imports: ["src/domain", "src/host/host.ts", "src/rules"] },
	"src/inject": { ring: 2, imports: ["src/domain", "src/policy"] },
	"src/explain": {
		ring: 2,
		imports: [
			"src/backend",
			"src/command",
			"src/domain",
			"src/host/host.ts",
			"src/init",
			"src/inject",
			"src/policy",
			"src/rules",
		],
	},

	"src/chart": {
		ring: 2,
		imports: ["src/chart/go", "src/chart/release", "src/chart/template", "src/chart/values", "src/domain"],
	},
	"src/chart/functions": { ring: 2, imports: ["src/chart", "src/chart/go", "src/chart/yaml"] },
	"src/chart/go": { ring: 2, imports: ["src/domain"] },
	"src/chart/release": {
		ring: 2,
		imports: [
			"src/chart",
			"src/chart/functions",
			"src/chart/go",
			"src/chart/template",
			"src/chart/values",
			"src/chart/yaml",
		],
	},
	"src/chart/template": { ring: 2, imports: ["src/chart/functions", "src/chart/go"] },
	"src/chart/values": { ring: 2, imports: ["src/chart", "src/chart/go", "src/chart/release", "src/domain"] },
	"src/chart/yaml": { ring: 2, imports: ["src/chart", "src/chart/go", "src/inject", "src/yaml", "yaml"] },
	// Manifests and values as nodes with their places: quickly where that can be, else by the library.
	"src/yaml": { ring: 2, imports: ["src/chart/go", "src/domain", "src/inject", "yaml"] },
	// What runs in the browser that a page of `shunt explain --html` is opened in: no platform but that one.
	"src/cli/explain/page": { ring: 2, imports: ["src/domain", "src/explain"] },

	// What only Linux has and Node does not offer: its C library, netlink, addresses of sockets.
	"src/linux": {
		ring: 3,
		imports: ["src/domain", "src/host/errno.ts", "src/host/host.ts", "src/wire"],
	},
	"src/host": {
		ring: 3,
		imports: [
			"src/domain",
			"src/host/command-input.ts",
			"src/host/errno.ts",
			"src/host/host.ts",
			"src/host/memory-xtables.ts",
			"src/linux",
			"src/wire",
		],
	},
	"src/serving": { ring: 3, imports: ["src/command", "src/domain"] },
	"src/proxy": {
		ring: 3,
		imports: ["src/command", "src/command/strict-command.ts", "src/domain", "src/linux", "src/serving"],
	},
	"src/validator": {
		ring: 3,
		imports: [
			"src/command",
			"src/domain",
			"src/host",
			"src/init",
			"src/linux",
			"src/policy",
			"src/rules",
			"src/serving",
		],
	},
	"src/injector": {
		ring: 3,
		imports: [
			"src/command",
			"src/command/strict-command.ts",
			"src/domain",
			"src/host",
			"src/inject",
			"src/kube",
			"src/policy",
			"src/serving",
			"src/yaml",
		],
	},

	"src/agent": {
		ring: 3,
		imports: [
			"src/agent/repair",
			"src/backend",
			"src/cni",
			"src/command",
			"src/command/strict-command.ts",
			"src/domain",
			"src/host",
			"src/host/host.ts",
			"src/kube",
			"src/linux",
			"src/policy",
			"src/serving",
		],
	},
	// Meshed pods' rules: where their namespaces are, what is the matter with them, how they are mended.
	"src/agent/repair": {
		ring: 3,
		imports: [
			"src/agent",
			"src/backend",
			"src/cni",
			"src/domain",
			"src/host/host.ts",
			"src/linux",
			"src/policy",
			"src/rules",
			"src/serving",
			"src/wire",
		],
	},

	"src/cli": {
		ring: 3,
		imports: [
			"src/agent",
			"src/cli/chart",
			"src/cli/check",
			"src/cli/completion",
			"src/cli/explain",
			"src/cli/inject",
			"src/cli/install",
			"src/cli/install-cni",
			"src/cli/uninstall",
			"src/cli/upgrade",
			"src/command",
			"src/connections",
			"src/domain",
			"src/host",
			"src/host/host.ts",
			"src/init",
			"src/injector",
			"src/linux",
			"src/proxy",
			"src/status",
			"src/validator",
		],
	},
	"src/cli/chart": {
		ring: 3,
		imports: ["src/chart", "src/cli/install", "src/command/strict-command.ts", "src/domain", "src/host"],
	},
	"src/cli/check": {
		ring: 3,
		imports: [
			"src/chart",
			"src/cli",
			"src/cli/chart",
			"src/cli/cluster",
			"src/cli/install",
			"src/command",
			"src/command/strict-command.ts",
			"src/domain",
			"src/init",
			"src/inject",
			"src/kube",
			"src/policy",
			"src/yaml",
		],
	},
	"src/cli/cluster": {
		ring: 3,
		imports: [
			"src/chart",
			"src/command/strict-command.ts",
			"src/domain",
			"src/inject",
			"src/kube",
			"src/policy",
		],
	},
	"src/cli/completion": {
		ring: 3,
		imports: [
			"src/cli",
			"src/cli/explain",
			"src/command",
			"src/command/strict-command.ts",
			"src/domain",
			"src/host",
		],
	},
	"src/cli/explain": {
		ring: 3,
		imports: [
			"src/backend",
			"src/cli",
			"src/cli/inject",
			"src/command",
			"src/domain",
			"src/explain",
			"src/host",
			"src/host/host.ts",
			"src/init",
			"src/inject",
			"src/rules",
			"src/status",
			"src/yaml",
		],
	},
	"src/cli/inject": {
		ring: 3,
		imports: [
			"src/cli",
			"src/cli/inject/yaml",
			"src/command/strict-command.ts",
			"src/domain",
			"src/host",
			"src/inject",
			"src/policy",
			"src/yaml",
		],
	},
	"src/cli/install": {
		ring: 3,
		imports: [
			"src/chart",
			"src/cli",
			"src/cli/chart",
			"src/cli/cluster",
			"src/command/strict-command.ts",
			"src/domain",
			"src/kube",
			"src/policy",
		],
	},
	"src/cli/install-cni": {
		ring: 3,
		imports: [
			"src/cli",
			"src/cli/chart",
			"src/cli/cluster",
			"src/cli/install",
			"src/command/strict-command.ts",
			"src/domain",
		],
	},
	"src/cli/uninstall": {
		ring: 3,
		imports: [
			"src/cli",
			"src/cli/cluster",
			"src/cli/inject/yaml",
			"src/cli/install",
			"src/command/strict-command.ts",
			"src/domain",
			"src/kube",
		],
	},
	"src/cli/upgrade": {
		ring: 3,
		imports: [
			"src/chart",
			"src/cli",
			"src/cli/chart",
			"src/cli/cluster",
			"src/cli/install",
			"src/cli/uninstall",
			"src/command/strict-command.ts",
			"src/domain",
			"src/host",
			"src/kube",
		],
	},

	"src/cli/inject/yaml": { ring: 3, imports: ["src/domain", "src/inject", "src/yaml"] },

	"src/kube": { ring: 3, imports: ["src/domain", "src/host"] },

	"src/main": {
		ring: 4,
		imports: ["src/cli", "src/cni", "src/domain", "src/host", "src/init", "src/status"],
	},
};
