import { linkSync, statSync, symlinkSync } from "node:fs";
import { expect } from "vitest";
import { withNetns } from "../support/netns.ts";
import { type Define, ordinaryUser, withFolder } from "./host-contract-kit.ts";
import type { Operation } from "./host-driver.ts";
import { ask, perform, type Subject } from "./host-subject.ts";

/** What there is to look at, and whether it is the same. */
export function placeCases(define: Define): void {
	const entries = (subject: Subject, folder: string) => ask(subject, "entries", [folder])?.toSorted();
	const identity = (subject: Subject, path: string) => ask(subject, "fileIdentity", [path]);

	define("names what is in a folder, hidden files too", (subject) => {
		withFolder({ "one/file": "", ".two": "", "drei ß": "", four: null }, (folder) => {
			expect(entries(subject, folder)).toEqual([".two", "drei ß", "four", "one"]);
			expect(entries(subject, `${folder}/four`)).toEqual([]);
		});
	});

	define("names nothing where there is no folder, or none for us", (subject) => {
		withFolder({ file: "" }, (folder) => {
			expect(entries(subject, `${folder}/nothing`)).toBeUndefined();
			expect(entries(subject, `${folder}/file`)).toBeUndefined();
			expect(entries(subject, "a\0b")).toBeUndefined();
			expect(ask(subject, "entries", ["/proc/1/fd"], { uid: ordinaryUser })).toBeUndefined();
		});
	});

	define("tells whether two paths lead to the same thing", (subject) => {
		withFolder({ one: "", two: "" }, (folder) => {
			symlinkSync("one", `${folder}/link`);
			linkSync(`${folder}/one`, `${folder}/name`);
			const { dev, ino } = statSync(`${folder}/one`, { bigint: true });
			expect(identity(subject, `${folder}/one`)).toBe(`${dev}:${ino}`);
			expect(identity(subject, `${folder}/link`)).toBe(`${dev}:${ino}`);
			expect(identity(subject, `${folder}/name`)).toBe(`${dev}:${ino}`);
			expect(identity(subject, `${folder}/two`)).not.toBe(`${dev}:${ino}`);
			expect(identity(subject, `${folder}/nothing`)).toBeUndefined();
			expect(identity(subject, "a\0b")).toBeUndefined();
		});
	});

	define("recognises a network namespace by every path that leads there", (subject) =>
		withNetns("host", (netns) => {
			const { findings } = perform(subject, [
				{ call: "fileIdentity", with: ["/proc/self/ns/net"] },
				{ call: "enterNetns", with: [netns.path] },
				{ call: "fileIdentity", with: ["/proc/self/ns/net"] },
				{ call: "fileIdentity", with: [netns.path] },
				{ call: "ownNetns", with: [] },
			]);
			expect(findings[2]).toEqual(findings[3]);
			expect(findings[2]).toEqual(findings[4]);
			expect(findings[0]).not.toEqual(findings[2]);
		}),
	);

	define("enters one network namespace after the other, its children too", (subject) =>
		withNetns("host", (one) =>
			withNetns("host", (two) => {
				const argv: [string, ...string[]] = ["/bin/ls", "-L", "-i", "/proc/self/ns/net"];
				const look: Operation = { call: "run", with: [[{ argv, timeoutMs: 5000 }]] };
				const { findings } = perform(subject, [
					{ call: "enterNetns", with: [one.path] },
					look,
					{ call: "enterNetns", with: [two.path] },
					look,
					{ call: "nftTables", with: [] },
				]);
				const inode = ({ path }: { path: string }) => `${statSync(path).ino} `;
				expect(findings[1]).toMatchObject({ returned: [{ stdout: expect.stringContaining(inode(one)) }] });
				expect(findings[3]).toMatchObject({ returned: [{ stdout: expect.stringContaining(inode(two)) }] });
				expect(findings[4]).toEqual({ returned: [] });
			}),
		),
	);

	define("knows a pipe from a terminal", (subject) => {
		expect(ask(subject, "isTerminal", [])).toBe(false);
		expect(ask(subject, "isTerminal", [], { shell: 'script -qec "$*" /dev/null >/dev/null' })).toBe(true);
	});
}
