import { execFileSync } from "node:child_process";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { expect } from "vitest";
import { type Define, ordinaryUser, withFolder, withPrograms } from "./host-contract-kit.ts";
import { ask, askForTrouble, type Subject } from "./host-subject.ts";

/** What is found, read and replaced. */
export function fileCases(define: Define): void {
	finding(define);
	reading(define);
	replacing(define);
	appending(define);
}

function finding(define: Define): void {
	const find = (subject: Subject, program: string, path: string, folder?: string) =>
		ask(subject, "find", [program], { env: { PATH: path }, ...(folder === undefined ? {} : { folder }) });

	define("finds the first executable in the order of PATH", (subject) => {
		withPrograms({ "1/tool": "", "2/tool": "", "2/other": "" }, (folder) => {
			expect(find(subject, "tool", `/nowhere:${folder}/1:${folder}/2`)).toBe(`${folder}/1/tool`);
			expect(find(subject, "tool", `${folder}/2:${folder}/1`)).toBe(`${folder}/2/tool`);
			expect(find(subject, "other", `${folder}/1:${folder}/2/`)).toBe(`${folder}/2/other`);
			expect(find(subject, "neither", `${folder}/1:${folder}/2`)).toBeUndefined();
		});
	});

	define("passes over what cannot be executed", (subject) => {
		withPrograms({ "4/tool": "" }, (folder) => {
			mkdirSync(`${folder}/1/tool`, { recursive: true });
			mkdirSync(`${folder}/2`);
			writeFileSync(`${folder}/2/tool`, "", { mode: 0o644 });
			mkdirSync(`${folder}/3`);
			symlinkSync("/nowhere", `${folder}/3/tool`);
			expect(find(subject, "tool", [1, 2, 3, 4].map((n) => `${folder}/${n}`).join(":"))).toBe(
				`${folder}/4/tool`,
			);
		});
	});

	define("looks in the usual folders without PATH, and nowhere when it is empty", (subject) => {
		expect(ask(subject, "find", ["sh"], { shell: 'unset PATH; exec "$@"' })).toMatch(/^(?:\/usr)?\/bin\/sh$/);
		withPrograms({ tool: "" }, (folder) => {
			expect(find(subject, "tool", "", folder)).toBeUndefined();
			expect(find(subject, "sh", "", "/bin")).toBeUndefined();
		});
	});

	define("never looks where it happens to be", (subject) => {
		withPrograms({ tool: "", "bin/tool": "" }, (folder) => {
			expect(find(subject, "tool", ".:bin::", folder)).toBeUndefined();
			expect(find(subject, "bin/tool", folder, folder)).toBeUndefined();
			expect(find(subject, `${folder}/tool`, "/nowhere")).toBe(`${folder}/tool`);
			expect(find(subject, `${folder}/bin`, "/nowhere")).toBeUndefined();
		});
	});

	define("finds nothing under a name that no file can have", (subject) => {
		expect(find(subject, "", "/bin")).toBeUndefined();
		expect(find(subject, "s\0h", "/bin")).toBeUndefined();
	});
}

function reading(define: Define): void {
	define("reads a file whole", (subject) => {
		const text = `ä→𝄞\r\n\0${"x".repeat(300_000)}`;
		withFolder({ text, empty: "" }, (folder) => {
			expect(ask(subject, "readFile", [`${folder}/text`])).toBe(text);
			expect(ask(subject, "readFile", [`${folder}/empty`])).toBe("");
		});
	});

	define("reads files of the kernel, which have no size", (subject) => {
		expect(ask(subject, "readFile", ["/proc/self/status"])).toMatch(/^Name:\t[\s\S]*\nPid:\t\d+\n/);
		expect(ask(subject, "readFile", ["/proc/sys/kernel/ostype"])).toBe("Linux\n");
		expect(ask(subject, "readFile", ["/proc/kallsyms"])?.length).toBeGreaterThan(65_536);
	});

	define("has nothing to say of what cannot be read", (subject) => {
		withFolder({ secret: "x", loop: null }, (folder) => {
			chmodSync(`${folder}/secret`, 0o600);
			symlinkSync("self", `${folder}/self`);
			for (const path of ["nothing", "secret", "loop", "self", "secret/below", "se\0cret"]) {
				const text = ask(subject, "readFile", [`${folder}/${path}`], { uid: ordinaryUser });
				expect([path, text]).toEqual([path, undefined]);
			}
		});
	});
}

function replacing(define: Define): void {
	define("replaces the whole of a file", (subject) => {
		withFolder({ file: "what was there before" }, (folder) => {
			for (const text of ["ä→𝄞\n", "", "x".repeat(300_000)]) {
				ask(subject, "writeFile", [`${folder}/file`, text]);
				expect(readFileSync(`${folder}/file`, "utf8")).toBe(text);
			}
		});
	});

	define("makes no new file", (subject) => {
		withFolder({}, (folder) => {
			expect(askForTrouble(subject, "writeFile", [`${folder}/new`, "x"])).toEqual({
				name: "HostError",
				code: "not-found",
				message: `${folder}/new: no such file or directory`,
			});
			expect(existsSync(`${folder}/new`)).toBe(false);
		});
	});

	define("says why it cannot write", (subject) => {
		withFolder({ file: "x", folder: null }, (folder) => {
			const trouble = (path: string) =>
				askForTrouble(subject, "writeFile", [path, "y"], { uid: ordinaryUser });
			expect(trouble(`${folder}/file`)).toEqual({
				name: "HostError",
				code: "not-permitted",
				message: `${folder}/file: permission denied`,
			});
			expect(trouble(`${folder}/file/below`).code).toBe("not-found");
			expect(trouble(`${folder}/folder`).code).toBe("invalid");
			expect(trouble(`${folder}/fi\0le`).code).toBe("invalid");
			expect(trouble("/dev/full")).toEqual({
				name: "HostError",
				code: "failed",
				message: "/dev/full: no space left on device",
			});
			expect(readFileSync(`${folder}/file`, "utf8")).toBe("x");
		});
	});
}

function appending(define: Define): void {
	define("adds to the end of a file, and makes it for its owner alone", (subject) => {
		withFolder({ old: "before\n" }, (folder) => {
			for (const text of ["ä→𝄞\n", "second\n"]) {
				ask(subject, "appendFile", [`${folder}/old`, text]);
				ask(subject, "appendFile", [`${folder}/new`, text]);
			}
			expect(readFileSync(`${folder}/old`, "utf8")).toBe("before\nä→𝄞\nsecond\n");
			expect(readFileSync(`${folder}/new`, "utf8")).toBe("ä→𝄞\nsecond\n");
			expect(statSync(`${folder}/new`).mode & 0o777).toBe(0o600);
		});
	});

	define("says why it cannot add, and waits for no reader of a pipe", (subject) => {
		withFolder({ file: "x", folder: null }, (folder) => {
			execFileSync("mkfifo", ["-m", "666", `${folder}/pipe`]);
			const trouble = (path: string) =>
				askForTrouble(subject, "appendFile", [path, "y"], { uid: ordinaryUser });
			expect(trouble(`${folder}/file`)).toEqual({
				name: "HostError",
				code: "not-permitted",
				message: `${folder}/file: permission denied`,
			});
			expect(trouble(`${folder}/none/new`).code).toBe("not-found");
			expect(trouble(`${folder}/folder`).code).toBe("invalid");
			expect(trouble(`${folder}/pipe`)).toEqual({
				name: "HostError",
				code: "failed",
				message: expect.stringMatching(/pipe: no such device or address$/),
			});
			expect(trouble("/dev/full").message).toBe("/dev/full: no space left on device");
		});
	});
}
