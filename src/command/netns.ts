import { exitCodes } from "../domain/exit-code.ts";
import { parseWholeNumber } from "../domain/number.ts";
import { err, ok, type Result } from "../domain/problem.ts";
import { type Host, HostError } from "../host/host.ts";
import { badInput, environmentFailure, type Failure } from "./failure.ts";

/** A network namespace that a user named. */
export interface NamedNetns {
	readonly path: string;
	readonly flag: "--netns" | "--pid";
	/** What was written behind the flag. */
	readonly given: string;
}

/**
 * A path, or without a slash the name under which `ip netns` keeps one. An empty one is a mistake, most likely of a script
 * whose variable is not set, and would else mean the namespace that the script happens to run in.
 */
export function parseNetns(text: string): Result<NamedNetns> {
	if (text.trim() === "") {
		return err({
			source: "--netns",
			value: text,
			complaint: "names no network namespace",
			accepted: netnsForms,
		});
	}
	const path = text.includes("/") ? text : `/run/netns/${text}`;
	return ok({ path, flag: "--netns", given: text });
}

const netnsForms =
	"a path such as /proc/PID/ns/net, or a name in /run/netns; leave the flag out for the current one";

/** PID_MAX_LIMIT in linux/threads.h is 4194304. */
export function parsePid(text: string, source: string): Result<NamedNetns> {
	const pid = parseWholeNumber(text, { source, noun: "process id", min: 1, max: 4_194_304 });
	return pid.ok ? ok({ path: `/proc/${pid.value}/ns/net`, flag: "--pid", given: text }) : pid;
}

/** Goes there. A name that leads nowhere is the user's mistake; not being let in is not. */
export function enterNamedNetns(host: Host, netns: NamedNetns | undefined): Failure | undefined {
	if (netns === undefined) {
		return undefined;
	}
	try {
		host.enterNetns(netns.path);
		return undefined;
	} catch (error) {
		if (error instanceof HostError && (error.code === "not-found" || error.code === "invalid")) {
			return badInput([{ source: netns.flag, value: netns.given, ...mistakes[netns.flag] }]);
		}
		return environmentFailure(error);
	}
}

/**
 * Where `init` must not work by accident: a machine's initial network namespace, in which its own traffic is. Undefined
 * elsewhere, and where that word was given. In a sandbox that is a virtual machine of its own (Kata Containers), the pod's
 * namespace is that machine's initial one.
 */
export function refuseInitialNetns(host: Host, netns: NamedNetns | undefined): Failure | undefined {
	if (!isInitialNetns(host) || isSandboxMachine(host)) {
		return undefined;
	}
	const where = netns === undefined ? "this" : `${netns.flag} ${JSON.stringify(netns.given)}`;
	return {
		exitCode: exitCodes.badInput,
		messages: [
			`${where} is the machine's initial network namespace: its own traffic, not a pod's, would go to the proxy. Nothing was changed (want --netns or --pid with a pod's namespace, or --host-network to redirect this machine)`,
		],
	};
}

/**
 * Since Linux 6.18 the initial namespaces have inode numbers of their own, which no other can have (NET_NS_INIT_INO in
 * linux/nsfs.h; others are counted from 0xF0000000, PROC_DYNAMIC_FIRST in fs/proc/generic.c). Before that, and where it is
 * not shown, some settings are there in the initial one alone (net_core_table, registered for init_net in
 * net/core/sysctl_net_core.c). Neither depends on which processes we are shown. gVisor has neither
 * (pkg/sentry/fsimpl/proc/tasks_sys.go).
 */
function isInitialNetns(host: Host): boolean {
	const identity = isSince618(host.kernelRelease()) ? host.ownNetns() : undefined;
	return identity === undefined
		? host.fileIdentity("/proc/sys/net/core/netdev_max_backlog") !== undefined
		: identity.endsWith(`:${0xeffffff9}`);
}

function isSince618(release: string): boolean {
	const [major = 0, minor = 0] = release.split(".", 2).map(Number);
	return major > 6 || (major === 6 && minor >= 18);
}

/**
 * Kata Containers takes the network namespace out of what it gives its guest (constrainGRPCSpec in
 * src/runtime/virtcontainers/kata_agent.go of kata-containers), whose own one the pod then shares. The guest is known by the
 * tag of its shared file system (mountGuestTag there, "kataShared") and, where its root is an image, by
 * systemd.unit=kata-containers.target among its kernel's parameters. Other machines made for a pod, such as
 * firecracker-containerd's with WithVMNetwork, bear no mark that could be looked up: they need --host-network.
 */
function isSandboxMachine(host: Host): boolean {
	return (
		/ - \S+ kataShared /.test(host.readFile("/proc/self/mountinfo") ?? "") ||
		(host.readFile("/proc/cmdline") ?? "").includes("kata-containers.target")
	);
}

const mistakes = {
	"--netns": {
		complaint: "is not a network namespace",
		accepted: "a path such as /proc/PID/ns/net, or a name in /run/netns",
	},
	"--pid": { complaint: "is not a running process", accepted: "the id of one that runs on this machine" },
} as const;
