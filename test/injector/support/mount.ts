import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";

/**
 * A volume as the kubelet mounts it: a folder for each state, a link `..data` to the one that counts, and a link for
 * each file through it. Changing it makes a new folder and renames a new link over the old one.
 */
export class Mount {
	readonly folder = mkdtempSync(`${tmpdir()}/shunt-mount-`);
	#current = "";

	constructor(files: Readonly<Record<string, string>>) {
		this.swap(files);
		for (const name of Object.keys(files)) {
			symlinkSync(`..data/${name}`, this.path(name));
		}
	}

	path(name: string): string {
		return `${this.folder}/${name}`;
	}

	swap(files: Readonly<Record<string, string>>): void {
		const state = `..${randomUUID()}`;
		mkdirSync(this.path(state));
		for (const [name, text] of Object.entries(files)) {
			writeFileSync(this.path(`${state}/${name}`), text);
		}
		symlinkSync(state, this.path("..data_tmp"));
		renameSync(this.path("..data_tmp"), this.path("..data"));
		if (this.#current !== "") {
			rmSync(this.path(this.#current), { recursive: true });
		}
		this.#current = state;
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
