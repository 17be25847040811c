import { execFileSync } from "node:child_process";
import { cpus, loadavg, release } from "node:os";

/** What has to be known of a machine to judge its numbers, and nothing that names it. */
export function machineFacts(): string {
	const { length } = cpus();
	const kernel = /^[\d.]+/.exec(release())?.[0] ?? release();
	const today = new Date().toISOString().slice(0, 10);
	// Of the last minutes, by others and by what was measured.
	const load = loadavg().map((value) => value.toFixed(0));
	const facts = [
		`${length} cores, load ${load.join(", ")}`,
		`Linux ${kernel}`,
		`Node ${process.version}`,
		...versions(),
	];
	return `Measured on ${today}: ${facts.join(", ")}.`;
}

function versions(): string[] {
	return [
		["iptables", "--version"],
		["nft", "--version"],
	].flatMap(([program = "", flag = ""]) => {
		const output = execFileSync(program, [flag], { encoding: "utf8", timeout: 10_000 });
		const [version] = /v[\d.]+/.exec(output) ?? [];
		return version === undefined ? [] : [`${program} ${version}`];
	});
}
