import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ChangedMeanwhile, carryOut, codeOf, readFolder } from "./configuration-folder.ts";
import { NodeLock } from "./node-lock.ts";
import { type FolderPlan, planInstallation, planRemoval, type Step, type Wish } from "./plan-folder.ts";
import { PluginProgram } from "./plugin-program.ts";
import { removeLeftovers } from "./replace-file.ts";

export interface Places {
	/** The plugin's program, as it came with the agent. */
	readonly program: string;
	/** Where runtimes start plugins from. */
	readonly binDir: string;
	/** Where runtimes load configurations from. */
	readonly netDir: string;
	/** Of the node's own and gone when it restarts: /run/shunt. */
	readonly runDir: string;
}

/** How things stand after a look at them. */
export interface Standing {
	/** Why it is not as intended; nothing where it is. */
	readonly obstacles: readonly string[];
	/** What this look has changed, in words. */
	readonly changes: readonly string[];
	readonly program: boolean;
	/** The file that the runtime finds our plugin in. */
	readonly file?: string;
}

/** A folder was removed from under its mount: what is written there now, nobody on the node sees. */
export class FolderLost extends Error {
	override readonly name = "FolderLost";
}

/** Somebody may change a file as often as we do. */
const maxRounds = 5;

/**
 * The program and the configuration on this node. By level: every look compares what is there with what should be, and
 * mends the difference, whoever made it. Nothing here needs the API server.
 */
export class Installation {
	readonly #places: Places;
	#wish: Wish;
	readonly #program: PluginProgram;
	readonly #lock: NodeLock;
	readonly #programStaysMs: number;
	#isFirst = true;
	#isOurs = false;
	/** When no list was found to name the program any more. */
	#outSince: number | undefined;

	constructor(places: Places, wish: Wish, { programStaysMs = 10_000 } = {}) {
		this.#programStaysMs = programStaysMs;
		this.#places = places;
		this.#wish = wish;
		this.#program = new PluginProgram(places.program, places.binDir);
		this.#lock = new NodeLock(join(places.runDir, "agent.lock"));
	}

	/** The program first: a list that names a program that is not there fails every pod. Throws {@link FolderLost}. */
	install(): Standing {
		return this.#look((changes) => {
			const failure = this.#installProgram(changes);
			const isThere = this.#program.isThere();
			const outcome = this.#settle(changes, (files) =>
				isThere ? planInstallation(files, this.#wish) : planRemoval(files),
			);
			return {
				program: failure === undefined,
				obstacles: [...(failure === undefined ? [] : [failure]), ...outcome.obstacles],
				...(outcome.file === undefined ? {} : { file: outcome.file }),
			};
		});
	}

	/**
	 * The configuration first: a list that names a program that is not there fails every pod. The program goes when the
	 * runtime has had time to load the list anew; with CRI-O it stays, since that tells the plugins that a pod was started
	 * with when the pod ends (loadNetworkFromCache in ocicni.go). Throws {@link FolderLost}.
	 */
	remove(): Standing {
		return this.#look((changes) => {
			const { obstacles } = this.#settle(changes, planRemoval);
			this.#outSince = obstacles.length > 0 ? undefined : (this.#outSince ?? performance.now());
			const isStale = performance.now() - (this.#outSince ?? Number.NaN) >= this.#programStaysMs;
			if (isStale && this.#wish.runtime === "containerd" && this.#program.remove()) {
				changes.push(`removed ${this.#program.path}`);
			}
			return { program: this.#program.isThere(), obstacles };
		});
	}

	/** A configuration that has changed is in effect at the next look. */
	use(entry: Wish["entry"]): void {
		this.#wish = { ...this.#wish, entry };
	}

	/** Whether it is we who work on this node, as of the last look. */
	get isOurs(): boolean {
		return this.#isOurs;
	}

	release(): void {
		this.#lock.release();
	}

	#look(work: (changes: string[]) => Omit<Standing, "changes">): Standing {
		const changes: string[] = [];
		const { binDir, netDir, runDir } = this.#places;
		for (const folder of [binDir, netDir, runDir]) {
			expectMounted(folder);
		}
		try {
			mkdirSync(runDir, { recursive: true, mode: 0o755 });
			this.#isOurs = this.#lock.hold();
			if (!this.#isOurs) {
				return { program: false, changes, obstacles: ["another agent works on this node"] };
			}
			this.#tidy(changes);
			return { ...work(changes), changes };
		} catch (error) {
			return { program: false, changes, obstacles: [inWords(error)] };
		}
	}

	/** Once is enough: nobody else writes while we hold the lock, and we leave nothing. */
	#tidy(changes: string[]): void {
		if (this.#isFirst) {
			const { binDir, netDir } = this.#places;
			for (const folder of [binDir, netDir].filter((one) => statSync(one, { throwIfNoEntry: false }))) {
				changes.push(...removeLeftovers(folder).map((name) => `removed ${name}, which was left unfinished`));
			}
			this.#isFirst = false;
		}
	}

	#installProgram(changes: string[]): string | undefined {
		try {
			if (this.#program.install()) {
				changes.push(`installed ${this.#program.path}`);
			}
			return undefined;
		} catch (error) {
			return `the program cannot be installed: ${inWords(error)}`;
		}
	}

	/** Until a look finds nothing to do. */
	#settle(changes: string[], plan: (files: ReturnType<typeof readFolder>) => FolderPlan): FolderPlan {
		const { netDir } = this.#places;
		for (let round = 0; round < maxRounds; round++) {
			const files = readFolder(netDir);
			const wanted = plan(files);
			if (wanted.steps.length === 0) {
				return wanted;
			}
			try {
				for (const step of wanted.steps) {
					carryOut(netDir, step, files);
					changes.push(describe(step));
				}
			} catch (error) {
				if (!(error instanceof ChangedMeanwhile)) {
					return { steps: [], obstacles: [`the configuration cannot be changed: ${inWords(error)}`] };
				}
			}
		}
		return { steps: [], obstacles: ["somebody else keeps changing the configuration"] };
	}
}

function describe(step: Step): string {
	return step.do === "rename" ? `renamed ${step.name} to ${step.to}` : `${pastOf[step.do]} ${step.name}`;
}

const pastOf = { write: "wrote", remove: "removed" } as const;

/** A folder without a link to it is gone, and whoever has it open sees it all the same. */
function expectMounted(folder: string): void {
	if (statSync(folder, { throwIfNoEntry: false })?.nlink === 0) {
		throw new FolderLost(`${folder} was removed from the node, and this is what it was`);
	}
}

/** The system's own words, which name the call and the file: `ENOSPC: no space left on device, write`. */
function inWords(error: unknown): string {
	return error instanceof Error ? error.message : codeOf(error);
}
