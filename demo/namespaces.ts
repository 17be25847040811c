import { existsSync } from "node:fs";
import { type Family, families } from "../src/domain/family.ts";
import type { CleanUp } from "./clean-up.ts";
import { runNow } from "./commands.ts";
import { ends, type Link, type LinkEnd, links, type Place, places } from "./world.ts";

const prefix = "shunt-demo-";

/** The network namespace of a place. It carries our process id, so that a later run knows whether we still live. */
export function namespaceOf(place: Place): string {
	return `${prefix}${process.pid}-${place}`;
}

/** The families that this kernel has. */
export function availableFamilies(): readonly Family[] {
	return families.filter((family) => family === "ipv4" || existsSync("/proc/sys/net/ipv6"));
}

/** Makes the places and connects them. */
export function makeNamespaces(cleanUp: CleanUp): void {
	removeLeftovers();
	for (const place of places) {
		runNow("ip", ["netns", "add", namespaceOf(place)]);
		cleanUp.add(() => runNow("ip", ["netns", "delete", namespaceOf(place)]));
		if (availableFamilies().includes("ipv6")) {
			switchOnIpv6(place);
		}
	}
	for (const link of links) {
		connect(link);
	}
	for (const place of places) {
		configure(place);
	}
}

/** Some machines switch IPv6 off for every new namespace. */
function switchOnIpv6(place: Place): void {
	const off = ["all", "default", "lo"].map((name) => `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
	runNow("ip", ["netns", "exec", namespaceOf(place), "tee", ...off], "0\n");
}

function connect({ ends: [a, b] }: Link): void {
	const [from, to] = [namespaceOf(a.place), namespaceOf(b.place)];
	runNow("ip", [
		...["-n", from, "link", "add", a.interface, "type", "veth"],
		...["peer", "name", b.interface, "netns", to],
	]);
}

/** Without duplicate address detection, which would make the first second of IPv6 a second of waiting. */
function configure(place: Place): void {
	const own = Object.values(ends).filter((end) => end.place === place);
	const lines = own.flatMap((end) => [...addresses(end), `link set ${end.interface} up`]);
	const route = place === "client" ? routeVia(ends.front) : place === "backend" ? routeVia(ends.rear) : [];
	runNow(
		"ip",
		["-n", namespaceOf(place), "-batch", "-"],
		["link set lo up", ...lines, ...route, ""].join("\n"),
	);
}

function addresses(end: LinkEnd): string[] {
	return availableFamilies().map((family) =>
		family === "ipv4"
			? `address add ${end.address.ipv4}/24 dev ${end.interface}`
			: `address add ${end.address.ipv6}/64 dev ${end.interface} nodad`,
	);
}

function routeVia(gateway: LinkEnd): string[] {
	return availableFamilies().map((family) => `route add default via ${gateway.address[family]}`);
}

/** A run that was killed with SIGKILL leaves its namespaces; its processes have gone with it. */
function removeLeftovers(): void {
	const names = runNow("ip", ["netns", "list"])
		.split("\n")
		.map((line) => line.split(" ")[0] ?? "");
	for (const name of names) {
		const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
		if (pid !== undefined && !isAlive(Number(pid))) {
			runNow("ip", ["netns", "delete", name]);
		}
	}
}

function isAlive(pid: number): boolean {
	return pid !== process.pid && existsSync(`/proc/${pid}`);
}
