import { type ExitCode, exitCodes } from "../domain/exit-code.ts";
import type { Host } from "../host/host.ts";
import { maySeeProcesses } from "./permission.ts";

/** A network namespace of this machine, and how it is known. */
export interface Namespace {
	/** The path by which it is entered. */
	readonly path: string;
	/** The number that `lsns` and `ip netns` show. */
	readonly inode: string;
	/** What it is called in /run/netns. */
	readonly name?: string;
	/** Of those processes in it that we are shown, this one apart. */
	readonly processes: number;
	/** The one that has been in it longest, as far as process ids tell. */
	readonly process?: ProcessName;
}

/** What is to be looked into, and what leads nobody knows where. */
export interface Surroundings {
	readonly namespaces: readonly Namespace[];
	/** Processes that are there and whose namespace we may not see: it may be one that nothing else leads to. */
	readonly unseen: readonly number[];
}

/** Where iproute2, container runtimes and CNI plugins keep namespaces that need no process. */
const folders = ["/run/netns", "/run/docker/netns"] as const;

/**
 * Every network namespace that has a process or a name here: our own, then by their oldest process, then those that
 * have but a name. Ours has to be looked into before any other is entered, since no path that goes by our process
 * leads back to it.
 */
export function allNamespaces(host: Host): Surroundings {
	const named = folders.flatMap((folder) =>
		[...(host.entries(folder) ?? [])]
			.sort()
			.flatMap((name) => withIdentity(host, `${folder}/${name}`, { name })),
	);
	const [ourPid] = (host.readFile("/proc/self/stat") ?? "").split(" ");
	const pids = (host.entries("/proc") ?? [])
		.filter((entry) => /^\d+$/.test(entry) && entry !== ourPid)
		.map(Number)
		.sort((a, b) => a - b);
	const populated = pids.flatMap((pid) => withIdentity(host, `/proc/${pid}/ns/net`, { pid }));
	const seen = new Set(populated.map(({ pid }) => pid));
	const ours = withIdentity(host, ownPath, {});
	const identities = [...new Set([...ours, ...populated, ...named].map(({ identity }) => identity))];
	const namespaces = identities.map((identity) => {
		const names = [...ours, ...named].filter((path) => path.identity === identity);
		const members = populated.filter((path) => path.identity === identity);
		return describe(host, identity, { names, members });
	});
	return { namespaces, unseen: pids.filter((pid) => !seen.has(pid) && isAlive(host, pid)) };
}

/** What may be missing from {@link allNamespaces}. */
export interface Shortfall {
	readonly message: string;
	/** Absent where nobody could see more. */
	readonly exitCode?: ExitCode;
}

/** Where processes may be that we were not shown, or whose namespaces we were not told. */
export function shortfallsOf(host: Host, { unseen }: Surroundings): Shortfall[] {
	const isShort = !maySeeProcesses(host);
	const hiding = isShort ? hidingOption(host) : undefined;
	return [
		...(unseen.length === 0
			? []
			: [
					{
						message: describeUnseen(unseen, isShort),
						...(isShort ? { exitCode: exitCodes.notPermitted } : {}),
					},
				]),
		...(hiding === undefined
			? []
			: [
					{
						message: `--all: /proc, mounted with ${hiding}, may hide processes whose network namespaces are not listed; ${morePermission}`,
						exitCode: exitCodes.notPermitted,
					},
				]),
		...(host.fileIdentity(ownPath) === undefined
			? [
					{
						message:
							"--all: /proc shows no processes, so that only network namespaces with a name were looked into: mount it (mount -t proc proc /proc)",
						exitCode: exitCodes.failed,
					},
				]
			: []),
	];
}

/** Of processes in {@link Surroundings}; `isShort`: with more permission they would be seen. */
function describeUnseen(unseen: readonly number[], isShort: boolean): string {
	const some = `${unseen.slice(0, mostNamed).join(", ")}${unseen.length > mostNamed ? ", …" : ""}`;
	const whose =
		unseen.length === 1
			? `namespace of process ${some}`
			: `namespaces of ${unseen.length} processes (${some})`;
	const advice = isShort ? morePermission : "nobody here may";
	return `--all: the network ${whose} could not be looked at, and may be none of those listed: permission denied; ${advice}`;
}

const morePermission = "run it as root with the capability SYS_PTRACE";

/** How /proc leaves out the processes of others, if it does: by number or by name (Linux's Documentation/filesystems/proc.rst). */
function hidingOption(host: Host): string | undefined {
	const [, option] =
		/^\S+ \S+ \S+ \S+ \/proc .* - proc .*\b(hidepid=(?:2|4|invisible|ptraceable))\b/m.exec(
			host.readFile("/proc/self/mountinfo") ?? "",
		) ?? [];
	return option;
}

const mostNamed = 5;

/** One that has ended is in no namespace, also while nobody has asked for its exit status (`Z`; proc_pid_stat(5)). */
function isAlive(host: Host, pid: number): boolean {
	const stat = host.readFile(`/proc/${pid}/stat`);
	const [state] = stat?.slice(stat.lastIndexOf(")") + 2) ?? "";
	return stat === undefined
		? host.fileIdentity(`/proc/${pid}`) !== undefined
		: state !== "Z" && state !== "X";
}

/** The network namespace that we are in. */
export const ownPath = "/proc/self/ns/net";

/** The one that a path leads to; undefined when there is none. */
export function namespaceAt(host: Host, path: string): Namespace | undefined {
	const identity = host.fileIdentity(path);
	const [, pid] = /^\/proc\/(\d+)\/ns\/net$/.exec(path) ?? [];
	const process = pid === undefined ? {} : { process: processName(host, Number(pid)) };
	return identity === undefined ? undefined : { path, inode: inodeOf(identity), processes: 0, ...process };
}

interface KnownPath {
	readonly path: string;
	readonly identity: string;
	readonly name?: string;
	readonly pid?: number;
}

function withIdentity(host: Host, path: string, known: Pick<KnownPath, "name" | "pid">): KnownPath[] {
	// Undefined for a process that has ended meanwhile, or is not ours to look at.
	const identity = host.fileIdentity(path);
	return identity === undefined ? [] : [{ path, identity, ...known }];
}

interface Sightings {
	readonly names: readonly KnownPath[];
	readonly members: readonly KnownPath[];
}

/** By name where there is one, which does not go away with a process. */
function describe(host: Host, identity: string, { names, members }: Sightings): Namespace {
	const [place] = names;
	const name = names.find((path) => path.name !== undefined)?.name;
	const [oldest] = members;
	return {
		path: (place ?? oldest)?.path ?? "",
		inode: inodeOf(identity),
		processes: members.length,
		...(name === undefined ? {} : { name }),
		...(oldest?.pid === undefined ? {} : { process: processName(host, oldest.pid) }),
	};
}

function inodeOf(identity: string): string {
	return identity.slice(identity.indexOf(":") + 1);
}

/** Whom a process belongs to, as far as can be told without asking anybody and without looking at its secrets. */
export interface ProcessName {
	readonly pid: number;
	/** Up to 15 bytes, as the kernel keeps it. */
	readonly command: string;
	/** The first twelve digits of the id that container runtimes put into the control group's name. */
	readonly container?: string;
	/** The pod's uid, from the kubelet's part of that name. */
	readonly pod?: string;
}

export function processName(host: Host, pid: number): ProcessName {
	const groups = host.readFile(`/proc/${pid}/cgroup`) ?? "";
	const [, container] = /(?:^|[/:-])([\da-f]{64})(?:\.scope)?$/m.exec(groups) ?? [];
	// With the systemd driver, dashes would mean another slice, so the kubelet writes underscores.
	const [, pod] = /pod([\da-f]{8}(?:[-_][\da-f]{4}){3}[-_][\da-f]{12})/.exec(groups) ?? [];
	return {
		pid,
		command: (host.readFile(`/proc/${pid}/comm`) ?? "").trim(),
		...(container === undefined ? {} : { container: container.slice(0, 12) }),
		...(pod === undefined ? {} : { pod: pod.replaceAll("_", "-") }),
	};
}
