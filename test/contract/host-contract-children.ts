import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Command, CommandResult } from "../../src/host/host.ts";
import { type Define, withFolder, withPrograms } from "./host-contract-kit.ts";
import type { GivenCommand, Happening, Operation } from "./host-driver.ts";
import { ask, perform, type Subject, type Surroundings } from "./host-subject.ts";

/** How children start and end, and what they see of us. */
export function childCases(define: Define): void {
	endings(define);
	beginnings(define);
	together(define);
	inheritance(define);
}

function endings(define: Define): void {
	define("tells exit statuses apart", (subject) => {
		const codes = [0, 1, 3, 126, 127, 255];
		const results = ask(subject, "run", [codes.map((code) => sh(`exit ${code}`))]);
		expect(results).toEqual(codes.map((code) => exited(code)));
	});

	define("names the signal that killed a child", (subject) => {
		const signals = ["TERM", "KILL", "SEGV", "PIPE"];
		const results = ask(subject, "run", [signals.map((signal) => sh(`kill -${signal} $$`))]);
		expect(results.map(({ outcome }) => outcome)).toEqual(
			signals.map((signal) => ({ kind: "killed", signal: `SIG${signal}` })),
		);
	});

	define("kills a child when its time is up, and keeps what it said", (subject) => {
		const started = Date.now();
		const [result] = ask(subject, "run", [[sh("echo $$; exec sleep 50", { timeoutMs: 300 })]]);
		expect(Date.now() - started).toBeLessThan(20_000);
		expect(result?.outcome).toEqual({ kind: "timed-out" });
		expect(result?.stdout).toMatch(/^\d+\n$/);
		expect(existsSync(`/proc/${result?.stdout.trim()}`)).toBe(false);
	});

	define("does not wait for a child that ignores being asked to end", (subject) => {
		const command = sh("trap '' TERM INT HUP; while :; do sleep 0.1; done", { timeoutMs: 300 });
		expect(outcomes(subject, [command])).toEqual([{ kind: "timed-out" }]);
	});

	define("lets one child's end of time be its own", (subject) => {
		const commands = [sh("sleep 50", { timeoutMs: 100 }), sh("sleep 0.5; echo done; exit 4")];
		const [late, other] = ask(subject, "run", [commands]);
		expect(late?.outcome).toEqual({ kind: "timed-out" });
		expect(other).toEqual(exited(4, "done\n"));
	});

	define("takes fractions of a millisecond and more than a month", (subject) => {
		const commands = [sh("sleep 50", { timeoutMs: 100.5 }), sh("exit 0", { timeoutMs: 2 ** 31 - 1 })];
		expect(outcomes(subject, commands)).toEqual([{ kind: "timed-out" }, { kind: "exited", code: 0 }]);
	});
}

function beginnings(define: Define): void {
	define("tells a program that is not there from one that fails", (subject) => {
		const commands: Command[] = [{ argv: ["/nowhere/iptables"], timeoutMs: 5000 }, sh("exit 127")];
		const [missing, failing] = outcomes(subject, commands);
		expect(missing).toEqual({ kind: "not-started", reason: "no such file or directory" });
		expect(failing).toEqual({ kind: "exited", code: 127 });
	});

	define("says why a file does not run", (subject) => {
		withFolder({ "plain-file": "#!/bin/sh\n" }, (folder) => {
			const refused = { kind: "not-started", reason: "permission denied" };
			expect(outcomes(subject, [program(`${folder}/plain-file`), program(folder)])).toEqual([
				refused,
				refused,
			]);
		});
		withPrograms({ script: "#!/nowhere/interpreter\n" }, (folder) => {
			expect(outcomes(subject, [program(`${folder}/script`)])).toEqual([
				{ kind: "not-started", reason: "no such file or directory" },
			]);
		});
	});

	define("never hands a file that the kernel refuses to a shell", (subject) => {
		withPrograms({ "no-program": "echo the shell ran this\n" }, (folder) => {
			const [result] = ask(subject, "run", [[program(`${folder}/no-program`)]]);
			expect(result).toEqual(notStarted("exec format error"));
		});
	});

	define("says that a command with a NUL character cannot be", (subject) => {
		const results = ask(subject, "run", [
			[program("/bin/echo", "a\0b"), program("/bin/e\0cho"), sh("exit 0")],
		]);
		expect(results).toEqual([notStarted("invalid argument"), notStarted("invalid argument"), exited(0)]);
	});

	define("passes arguments on as they are", (subject) => {
		const args = ["", " ", "a b", "'", '"', "$HOME", "`id`", "*", "\\", "-n", "ä→𝄞", "\n"];
		const [result] = ask(subject, "run", [[program("/usr/bin/printf", "[%s]", ...args)]]);
		expect(result?.stdout).toBe(args.map((arg) => `[${arg}]`).join(""));
	});

	define("has nothing to say about no commands", (subject) => {
		expect(ask(subject, "run", [[]])).toEqual([]);
	});
}

function together(define: Define): void {
	define("answers in the order of the commands, however they end", (subject) => {
		const commands = [sh("sleep 0.4; echo 1"), program("/nowhere"), sh("sleep 0.2; echo 3"), sh("echo 4")];
		const results = ask(subject, "run", [commands]);
		expect(results.map(({ stdout, outcome }) => stdout || outcome.kind)).toEqual([
			"1\n",
			"not-started",
			"3\n",
			"4\n",
		]);
	});

	define("runs commands at the same time", (subject) => {
		// Each waits for the other: one after the other, the first would never end.
		withFolder({}, (folder) => {
			const meet = (mine: string, theirs: string) =>
				sh(`: >${folder}/${mine}; until [ -e ${folder}/${theirs} ]; do sleep 0.02; done; echo met`, {
					timeoutMs: 5000,
				});
			expect(ask(subject, "run", [[meet("a", "b"), meet("b", "a")]])).toEqual([
				exited(0, "met\n"),
				exited(0, "met\n"),
			]);
		});
	});

	define("does something else as well", (subject) => {
		const commands = [sh("echo 1; exit 1"), program("/nowhere"), sh("echo 3")];
		const { findings } = perform(subject, [{ call: "run meanwhile", with: [commands, {}] }]);
		const returned = [exited(1, "1\n"), notStarted("no such file or directory"), exited(0, "3\n")];
		expect(findings).toEqual([{ returned }]);
	});

	define("does something else while commands run", (subject) => {
		withFolder({ flag: "" }, (folder) => {
			const writes = { path: `${folder}/flag`, text: "go" };
			const wait = sh(`until grep -q go ${folder}/flag; do sleep 0.02; done`, { timeoutMs: 3000 });
			const { findings } = perform(subject, [{ call: "run meanwhile", with: [[wait, wait], { writes }] }]);
			expect(findings).toEqual([{ returned: [exited(0), exited(0)] }]);
		});
	});

	define("leaves no child behind when what happens meanwhile goes wrong", (subject) => {
		withFolder({ pid: "" }, (folder) => {
			const commands = [sh(`echo $$ >${folder}/pid; sleep 0.5`), sh("exit 0")];
			const breaksOff = "that was all";
			const { findings } = perform(subject, [
				{ call: "run meanwhile", with: [commands, { breaksOff }] },
				{ call: "run", with: [[sh("exit 3")]] },
			]);
			expect(findings).toMatchObject([{ threw: { message: breaksOff } }, { returned: [exited(3)] }]);
			const pid = readFileSync(`${folder}/pid`, "utf8").trim();
			expect(pid !== "" && existsSync(`/proc/${pid}`)).toBe(false);
		});
	});

	define("starts all commands before the first input is made", (subject) => {
		withFolder({}, (folder) => {
			const awaits = { path: `${folder}/started`, milliseconds: 5000 };
			const commands = [{ ...sh("cat"), stdin: "made" }, sh(`: >${folder}/started; exit 2`)];
			expect(runMaking(subject, commands, { awaits })).toEqual([
				{ returned: [exited(0, "made"), exited(2)] },
			]);
		});
	});

	define("lets no program go on whose input cannot be made", (subject) => {
		withFolder({}, (folder) => {
			const goesOn = sh(`cat; : >${folder}/went-on`);
			const [finding] = runMaking(subject, [goesOn, goesOn], { breaksOff: "no input" });
			expect(finding).toMatchObject({ threw: { message: "no input" } });
			expect(existsSync(`${folder}/went-on`)).toBe(false);
		});
	});

	define("says that a program is not there also where its input is yet to be made", (subject) => {
		const commands = [
			{ ...program("/nowhere"), stdin: "not for cat" },
			{ ...sh("cat"), stdin: "for cat" },
		];
		expect(runMaking(subject, commands, {})).toEqual([
			{ returned: [notStarted("no such file or directory"), exited(0, "for cat")] },
		]);
	});

	define("runs one batch after another", (subject) => {
		const batch: Operation = { call: "run", with: [[sh("exit 1"), sh("echo x")]] };
		const { findings } = perform(subject, [batch, batch, batch]);
		expect(findings).toEqual([1, 2, 3].map(() => ({ returned: [exited(1), exited(0, "x\n")] })));
	});
}

function inheritance(define: Define): void {
	const env = { PATH: "/usr/bin:/bin", HOME: "/root", LD_LIBRARY_PATH: "/evil", LC_ALL: "de_DE.UTF-8" };
	const seenBy = (subject: Subject, surroundings: Surroundings) =>
		ask(subject, "run", [[program("/usr/bin/env")]], surroundings)[0]
			?.stdout.split("\n")
			.filter(Boolean)
			.sort();

	define("shows children the path, a plain locale and what is meant for iptables", (subject) => {
		const xtables = { XTABLES_LOCKFILE: "/run/x.lock", XTABLES_LIBDIR: "/usr/lib/x" };
		expect(seenBy(subject, { env: { ...env, ...xtables, XTABLE: "no", MY_XTABLES_X: "no" } })).toEqual([
			"LC_ALL=C",
			"PATH=/usr/bin:/bin",
			"XTABLES_LIBDIR=/usr/lib/x",
			"XTABLES_LOCKFILE=/run/x.lock",
		]);
	});

	define("gives children the usual path when there is none", (subject) => {
		expect(seenBy(subject, { shell: 'unset PATH; exec "$@"' })).toEqual([
			"LC_ALL=C",
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		]);
	});

	const descriptorsOf = (subject: Subject, shell: string) =>
		ask(subject, "run", [[program("/bin/ls", "/proc/self/fd")]], { shell })[0]?.stdout.split("\n");

	define("keeps what it was given open to itself", (subject) => {
		expect(descriptorsOf(subject, 'exec "$@" 7</etc/passwd')).not.toContain("7");
	});

	define("leaves children only their own ends of each other's pipes", (subject) => {
		const list = { ...program("/bin/ls", "/proc/self/fd"), stdin: "x" };
		const [alone] = ask(subject, "run", [[list]]);
		expect(runMaking(subject, [list, list], {})).toEqual([{ returned: [alone, alone] }]);
	});

	define("keeps also descriptors of high numbers to itself", (subject) => {
		const perl = "use POSIX; POSIX::dup2(0, 200); exec @ARGV";
		expect(descriptorsOf(subject, `exec perl -e '${perl}' -- "$@"`)).not.toContain("200");
	});

	define("lets signals kill children that it ignores itself", (subject) => {
		const [result] = ask(subject, "run", [[sh("kill -PIPE $$; echo still alive")]]);
		expect(result?.outcome).toEqual({ kind: "killed", signal: "SIGPIPE" });
	});

	define("learns how children end also where its parent ignored that", (subject) => {
		const shell = `exec perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' -- "$@"`;
		const results = ask(subject, "run", [[sh("exit 3"), sh("exit 4")]], { shell });
		expect(results).toEqual([exited(3), exited(4)]);
	});
}

function runMaking(subject: Subject, commands: readonly GivenCommand[], meanwhile: Happening) {
	return perform(subject, [{ call: "run making input", with: [commands, meanwhile] }]).findings;
}

function sh(script: string, more: Partial<GivenCommand> = {}): GivenCommand {
	return { argv: ["/bin/sh", "-c", script], timeoutMs: 30_000, ...more };
}

function program(path: string, ...args: readonly string[]): GivenCommand {
	return { argv: [path, ...args], timeoutMs: 30_000 };
}

function exited(code: number, stdout = ""): CommandResult {
	return { outcome: { kind: "exited", code }, stdout, stderr: "" };
}

function notStarted(reason: string): CommandResult {
	return { outcome: { kind: "not-started", reason }, stdout: "", stderr: "" };
}

function outcomes(subject: Subject, commands: readonly Command[]): CommandResult["outcome"][] {
	return ask(subject, "run", [commands]).map(({ outcome }) => outcome);
}
