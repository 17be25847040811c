/**
 * What the kernel lacks for a dialect, where the tool's own first line says so without doubt; undefined where it could
 * mean something else as well. The lines are those of iptables 1.8 and nft 1.0, and of the kernel's errno behind them.
 */
export function kernelLack(line: string): string | undefined {
	return lacks.find(({ pattern }) => pattern.test(line))?.lack;
}

const lacks: readonly { readonly pattern: RegExp; readonly lack: string }[] = [
	{
		// EPROTONOSUPPORT from socket(AF_NETLINK, …, NETLINK_NETFILTER), as in gVisor.
		pattern: /(Failed to initialize nft|Unable to initialize Netlink socket): Protocol not supported/,
		lack: "kernel has no nf_tables",
	},
	{
		// nfnetlink is there and nf_tables is not: EINVAL for its subsystem, as on older Container-Optimized OS.
		pattern:
			/Could not fetch rule set generation id: Invalid argument|cache initialization failed: Invalid argument/,
		lack: "kernel has no nf_tables",
	},
	{
		// ENOPROTOOPT from getsockopt(IPT_SO_GET_INFO), or ENOENT where the table's own module is missing, as on RHEL 9 and 10.
		pattern: /iptables who\? \(do you need to insmod\?\)|Table does not exist \(do you need to insmod\?\)/,
		lack: "kernel has no ip_tables with a nat table",
	},
	{
		// Without permission it says the same, but then nobody asks here.
		pattern: /\(legacy\): .*unable to initialize table 'nat'/,
		lack: "kernel has no ip_tables with a nat table",
	},
	{
		pattern: /Extension \S+ revision \d+ not supported, missing kernel module\?/,
		lack: "kernel lacks an xt module that iptables-nft needs",
	},
	{
		// The kernel's ENOENT for an expression, a chain type or a compat extension that it does not have.
		pattern: /(RULE_APPEND|RULE_INSERT|CHAIN_ADD|CHAIN_USER_ADD) failed \(No such file or directory\)/,
		lack: "kernel lacks a module behind this rule",
	},
];
