import { bashScript } from "./bash-script.ts";
import { fishScript } from "./fish-script.ts";
import { powershellScript } from "./powershell-script.ts";
import { zshScript } from "./zsh-script.ts";

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/**
 * What a shell has to be told. Each asks `shunt __complete WORDS…`, with the words as arguments as they stand on the
 * line, quotation marks and all: nothing of them is ever evaluated.
 */
export const scripts: Readonly<Record<Shell, string>> = {
	bash: bashScript,
	zsh: zshScript,
	fish: fishScript,
	powershell: powershellScript,
};
