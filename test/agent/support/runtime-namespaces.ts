import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Network namespaces as a runtime keeps them: bound to files of a folder, one for each pod. */
export class RuntimeNamespaces {
	readonly folder = mkdtempSync(join(tmpdir(), "shunt-netns-"));
	/** Of this node's programs alone. */
	readonly #lock = `${this.folder}-xtables.lock`;
	readonly #names = new Set<string>();

	constructor() {
		mkdirSync(this.folder, { recursive: true });
	}

	/** Makes one whose pod has this address, and a way out. Answers with its path. */
	make(name: string, address: string): string {
		const path = this.path(name);
		writeFileSync(path, "");
		execFileSync("unshare", [`--net=${path}`, "true"], { timeout: 10_000 });
		this.#names.add(name);
		const steps = [
			"link set lo up",
			"link add eth0 type veth peer name peer0",
			"link set peer0 up",
			`address add ${address}/24 dev eth0`,
			"link set eth0 up",
			`route add default via ${address.replace(/\d+$/, "254")}`,
		];
		this.run(name, "ip", ["-batch", "-"], steps.join("\n"));
		return path;
	}

	path(name: string): string {
		return join(this.folder, name);
	}

	run(name: string, program: string, args: readonly string[], input = ""): string {
		return execFileSync("nsenter", [`--net=${this.path(name)}`, program, ...args], {
			encoding: "utf8",
			timeout: 60_000,
			stdio: ["pipe", "pipe", "pipe"],
			env: { ...process.env, XTABLES_LOCKFILE: this.#lock },
			input,
		});
	}

	/** What removing one begins with: the file is one like any other then. */
	unbind(name: string): void {
		execFileSync("umount", [this.path(name)], { timeout: 10_000 });
		this.#names.delete(name);
	}

	removeOne(name: string): void {
		this.unbind(name);
		rmSync(this.path(name));
	}

	remove(): void {
		for (const name of [...this.#names]) {
			this.removeOne(name);
		}
		rmSync(this.folder, { recursive: true, force: true });
		rmSync(this.#lock, { force: true });
	}
}
