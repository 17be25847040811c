import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeNetns, type Netns } from "../netns.ts";
import { type Cri, connectCri } from "./client.ts";
import { containerdConfig, podNetwork } from "./containerd-config.ts";
import { eventually } from "./eventually.ts";
import { tools } from "./tools.ts";

/**
 * What Kubernetes calls a node, with a containerd of its own. It has its own processes, mounts and network, so it shares
 * nothing with a containerd that the machine already runs, and ends as a whole.
 */
export interface Machine {
	readonly cri: Cri;
	/** Its network, where the bridge to the pods is. */
	readonly netns: Netns;
	/** For logs and volumes. */
	readonly folder: string;
	/** The folder of the lists of CNI plugins. */
	readonly cniLists: string;
	/** Parent of its containers' control groups. */
	readonly cgroup: string;
	importImage(archive: string, reference: string): Promise<void>;
	/** Ends containerd with a signal and starts it again; what it has started goes on meanwhile. */
	restartContainerd(signal: "TERM" | "KILL"): Promise<void>;
	remove(): Promise<void>;
}

/** The plugins that make pods' networks. */
export interface PodNetworking {
	/** A folder of them. */
	readonly plugins: string;
	/** The list that names them. */
	readonly list: string;
}

const bridgeAlone: PodNetworking = { plugins: tools.cniPlugins, list: podNetwork.config("pods") };

export async function startMachine(pauseImage: string, network = bridgeAlone): Promise<Machine> {
	const netns = makeNetns("e2e");
	// The bridge's addresses are usable at once: nobody else is there who could have one of them too.
	netns.run("sysctl", ["-qw", "net.ipv6.conf.default.accept_dad=0"]);
	const folder = mkdtempSync(join(tmpdir(), "shunt-e2e-"));
	const socket = join(folder, "containerd.sock");
	const snapshotter = canMountOverlay(folder) ? "overlayfs" : "native";
	const cgroup = basename(folder);
	const log = join(folder, "containerd.log");
	const cri = connectCri(socket);
	const cniLists = join(folder, "cni");
	mkdirSync(cniLists);
	writeFileSync(join(cniLists, "pods.conflist"), network.list);
	const files = { folder, socket, snapshotter, pauseImage, cniPlugins: network.plugins } as const;
	writeFileSync(join(folder, "config.toml"), containerdConfig(files));
	const containerd = startContainerd(netns, join(folder, "config.toml"), log);
	const machine: Machine = {
		cri,
		netns,
		folder,
		cniLists,
		cgroup: `/${cgroup}`,
		importImage: async (archive, reference) => {
			const args = [
				"--address",
				socket,
				"--namespace",
				"k8s.io",
				"images",
				"import",
				"--snapshotter",
				snapshotter,
			];
			execFileSync("ctr", [...args, archive], { timeout: 120_000, stdio: "pipe", env: tools.env });
			// The CRI plugin hears of it a little later.
			await eventually(`${reference} in containerd`, async () => {
				const { image } = await cri.call("ImageStatus", { image: { image: reference } });
				return image ?? undefined;
			});
		},
		restartContainerd: async (signal) => {
			const { stdin, stdout } = containerd;
			const answered = once(stdout, "data");
			stdin.write(`${signal}\n`);
			await answered;
			await isReady(cri, log);
		},
		remove: async () => {
			cri.close();
			await end(containerd);
			netns.remove();
			removeCgroups(cgroup);
			rmSync(folder, { recursive: true, force: true });
		},
	};
	try {
		await isReady(cri, log);
	} catch (error) {
		await machine.remove();
		throw error;
	}
	return machine;
}

function startContainerd(netns: Netns, config: string, log: string) {
	const script = fileURLToPath(new URL("machine.sh", import.meta.url));
	// Not `ip netns exec`: it mounts a /sys of its own, without control groups.
	const enter = [
		`--net=${netns.path}`,
		"unshare",
		"--mount",
		"--pid",
		"--fork",
		"--kill-child",
		"--mount-proc",
	];
	return spawn("nsenter", [...enter, script, config, log], {
		stdio: ["pipe", "pipe", "inherit"],
		env: tools.env,
	});
}

async function isReady(cri: Cri, log: string): Promise<void> {
	let last = "nothing";
	await eventually("containerd", async () => {
		try {
			const { status } = await cri.call("Status", {});
			return status.conditions.every((condition) => condition.status) ? true : undefined;
		} catch (error) {
			last = String(error);
			return undefined;
		}
	}).catch(() => {
		throw new Error(
			`containerd does not start (${last}):\n${existsSync(log) ? readFileSync(log, "utf8") : ""}`,
		);
	});
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode === null && child.signalCode === null) {
		const ended = once(child, "exit");
		child.stdin?.end();
		const giveUp = setTimeout(() => child.kill("SIGKILL"), 20_000);
		await ended;
		clearTimeout(giveUp);
	}
}

/** An overlay cannot lie on every file system, not on another overlay for example. */
function canMountOverlay(folder: string): boolean {
	const [lower, upper, work] = ["lower", "upper", "work"].map((name) => join(folder, "overlay", name));
	for (const path of [lower, upper, work]) {
		mkdirSync(path ?? "", { recursive: true });
	}
	const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
	const mount = ["mount", "-t", "overlay", "overlay", "-o", options, upper ?? ""];
	return spawnSync("unshare", ["--mount", ...mount], { timeout: 10_000 }).status === 0;
}

/** In every hierarchy, of the first version's as of the second's. Empty by now, but for their own subgroups. */
function removeCgroups(name: string): void {
	const top = "/sys/fs/cgroup";
	const hierarchies = [
		top,
		...readdirSync(top, { withFileTypes: true }).flatMap((entry) =>
			entry.isDirectory() ? [`${top}/${entry.name}`] : [],
		),
	];
	for (const group of hierarchies
		.map((hierarchy) => `${hierarchy}/${name}`)
		.filter((path) => existsSync(path))) {
		removeTree(group);
	}
}

function removeTree(group: string): void {
	for (const entry of readdirSync(group, { withFileTypes: true })) {
		if (entry.isDirectory()) {
			removeTree(`${group}/${entry.name}`);
		}
	}
	rmdirSync(group);
}
