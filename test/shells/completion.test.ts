import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modes } from "../../src/domain/mode.ts";
import { runShunt } from "../support/programs.ts";

/** Has `shunt` in it, some files, and the scripts. */
let folder: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "shunt-shells-"));
	mkdirSync(join(folder, "bin"));
	symlinkSync(resolve("bin/shunt"), join(folder, "bin", "shunt"));
	mkdirSync(join(folder, "work"));
	writeFileSync(join(folder, "work", "deploy one.yml"), "");
	writeFileSync(join(folder, "work", "deploy.yml"), "");
	for (const shell of ["bash", "zsh", "fish"]) {
		writeFileSync(join(folder, shell), runShunt(["completion", shell]).stdout);
	}
	writeFileSync(join(folder, "capture.zsh"), zshCapture);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[]): string[] {
	const output = execFileSync(program, args, {
		encoding: "utf8",
		cwd: join(folder, "work"),
		env: { ...process.env, PATH: `${folder}/bin:${process.env["PATH"]}`, HOME: folder, TERM: "xterm" },
		timeout: 120_000,
		stdio: ["ignore", "pipe", "pipe"],
	});
	return output
		.split("\n")
		.map((line) => line.replace(/\r$/, ""))
		.filter((line) => line !== "");
}

/** What bash would offer, with the words as readline takes them apart. */
function bash(words: readonly string[]): string[] {
	const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shunt; printf '%s\\n' "\${COMPREPLY[@]}"`;
	return run("bash", ["--norc", "-c", script, "bash", join(folder, "bash"), ...words]);
}

/** What zsh's own completion system offers for the line. */
function zsh(line: string): string[] {
	return run("zsh", ["-f", join(folder, "capture.zsh"), join(folder, "zsh"), line]);
}

/** A shell in a pseudo terminal whose `compadd` says what it is given; after zsh-users' own tests (comptest). */
const zshCapture = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= PS2=; unsetopt zle_bracketed_paste; unset zle_bracketed_paste; cd \${(q)PWD}"
zpty -w z 'autoload -Uz compinit && compinit -u -D'
zpty -w z "source \${(q)1}"
zpty -w z "bindkey '^I' complete-word; zstyle ':completion:*' insert-tab false"
zpty -w z 'compadd() {
	if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
	local -a __hits; builtin compadd -A __hits "$@"; local __hit
	for __hit in "\${__hits[@]}"; do print -r -- "<hit>\${IPREFIX}\${__hit}</hit>" >>$HOME/hits; done
	builtin compadd "$@"
}'
zpty -w z 'done-widget() { print done >>$HOME/finished }; zle -N done-widget; bindkey "^X^X" done-widget'
rm -f $HOME/hits $HOME/finished; touch $HOME/hits
zpty -w z 'print ready >>$HOME/ready'
until [[ -e $HOME/ready ]]; do zpty -r -t z >/dev/null 2>&1; sleep 0.05; done
rm $HOME/ready
zpty -n -w z "$2"$'\\t'
zpty -n -w z $'\\x18\\x18'
until [[ -e $HOME/finished ]]; do zpty -r -t z >/dev/null 2>&1; sleep 0.05; done
zpty -d z
sed 's/<hit>//; s/<.hit>//' $HOME/hits
`;

/** What fish offers, without the descriptions. */
function fish(line: string): string[] {
	const script = `source ${join(folder, "fish")}; complete -C '${line}'`;
	return run("fish", ["--no-config", "-c", script]).map((candidate) => candidate.split("\t")[0] ?? "");
}

const sorted = (texts: readonly string[]) => [...new Set(texts)].toSorted();
const commands = runShunt(["__complete", ""])
	.stdout.split("\n")
	.map((line) => line.split("\t")[0] ?? "")
	.filter((name) => /^\w/.test(name));

/** What every shell has to offer; bash's words are those between which its line editor sees breaks. */
const cases: readonly { line: string; words: readonly string[]; offers: readonly string[] }[] = [
	{ line: "shunt ", words: ["shunt", ""], offers: commands },
	{ line: "shunt che", words: ["shunt", "che"], offers: ["check"] },
	{
		line: "shunt check --probe",
		words: ["shunt", "check", "--probe"],
		offers: ["--probe-nodes", "--probe-namespace"],
	},
	{ line: "shunt check -o ", words: ["shunt", "check", "-o", ""], offers: ["table", "json", "short"] },
	{
		line: "shunt init --iptables-mode ",
		words: ["shunt", "init", "--iptables-mode", ""],
		offers: modes,
	},
	{ line: "shunt init --log-level wa", words: ["shunt", "init", "--log-level", "wa"], offers: ["warn"] },
];

describe("bash", () => {
	it.each(cases)("completes $line", ({ words, offers }) => {
		expect(sorted(bash(words))).toEqual(sorted(offers));
	});

	it("completes what follows an equals sign, at which it breaks words", () => {
		expect(bash(["shunt", "check", "--output", "=", "j"])).toEqual(["json"]);
		expect(bash(["shunt", "check", "--output", "="])).toEqual(["table", "json", "short"]);
	});

	it("offers files where files are meant, and none elsewhere", () => {
		expect(sorted(bash(["shunt", "inject", "dep"]))).toEqual(["deploy one.yml", "deploy.yml"]);
		expect(bash(["shunt", "inject", "--config", "=", "deploy."])).toEqual(["deploy.yml"]);
		expect(bash(["shunt", "check", "dep"])).toEqual([]);
	});

	it("evaluates nothing of what is on the line", () => {
		bash(["shunt", "inject", "$(touch evaluated)", "`touch evaluated`", "'", ""]);
		expect(run("ls", [])).not.toContain("evaluated");
	});
});

describe("zsh", () => {
	it.each(cases)("completes $line", ({ line, offers }) => {
		expect(sorted(zsh(line))).toEqual(sorted(offers));
	});

	it("completes what follows an equals sign", () => {
		expect(zsh("shunt check --output=j")).toEqual(["--output=json"]);
	});

	it("offers files where files are meant, and none elsewhere", () => {
		expect(sorted(zsh("shunt inject dep"))).toEqual(["deploy.yml", "deploy\\ one.yml"]);
		expect(zsh("shunt inject --config=deploy.")).toEqual(["--config=deploy.yml"]);
		expect(zsh("shunt check dep")).toEqual([]);
	});

	it("evaluates nothing of what is on the line", () => {
		zsh("shunt inject '$(touch evaluated)' ");
		expect(run("ls", [])).not.toContain("evaluated");
	});
});

describe("fish", () => {
	it.each(cases)("completes $line", ({ line, offers }) => {
		expect(sorted(fish(line))).toEqual(sorted(offers));
	});

	it("completes what follows an equals sign", () => {
		expect(fish("shunt check --output=j")).toEqual(["--output=json"]);
	});

	it("offers files where files are meant, and none elsewhere", () => {
		expect(sorted(fish("shunt inject dep"))).toEqual(["deploy one.yml", "deploy.yml"]);
		expect(fish("shunt inject --config=deploy.")).toEqual(["--config=deploy.yml"]);
		expect(fish("shunt check dep")).toEqual([]);
	});
});

describe("every shell's script", () => {
	it.each(["bash", "zsh", "fish", "powershell"])("is printed for %s", (shell) => {
		const { status, stdout } = runShunt(["completion", shell]);
		expect(status).toBe(0);
		expect(stdout).toContain("shunt __complete");
	});

	it("is not printed for a shell that nobody knows", () => {
		const { status, stderr } = runShunt(["completion", "tcsh"]);
		expect(status).toBe(64);
		expect(stderr).toContain("bash, zsh, fish, powershell");
	});
});
