import type { Flag } from "../../command/flag.ts";
import { outputFlags, packetFlags, sourceFlags, tellingFlags } from "./explain-flags.ts";

export function explainHelp(): string {
	const groups: readonly (readonly [string, readonly Flag[]])[] = [
		["Rules, from one of these or from flags of shunt init (below):", sourceFlags],
		["Packet (without one, everything that the rules do is told):", packetFlags],
		["Output:", outputFlags],
		["Flags of shunt init that say rules (its others are taken and change nothing here):", tellingFlags],
	];
	const width = Math.max(...groups.flatMap(([, flags]) => flags.map((flag) => column(flag).length)));
	return [
		"Says what becomes of a packet, which rule decides and why; or, without a packet, everything that the rules do.",
		"",
		"Usage:\n  shunt explain [flags] [inbound|outbound] [ADDRESS][:PORT]",
		"",
		...groups.flatMap(([title, flags]) => [
			title,
			...flags.map((flag) => `${column(flag).padEnd(width)}  ${flag.help}`),
			"",
		]),
		examples,
		"",
	].join("\n");
}

function column({ short, name, placeholder }: Flag): string {
	return `  ${short === undefined ? "    " : `-${short}, `}--${name}${placeholder === undefined ? "" : ` ${placeholder}`}`;
}

const examples = `What is not said of a packet is assumed, and the output says so. Of manifests, the arguments of an init container
(ours or Linkerd's) count, else the annotations. Rules of other programs in the nat tables are followed as well.

Examples:
  # Everything that a pod's redirection does, and who asked for it
  shunt explain -f pod.yaml

  # Where a connection of user 1000 to a database goes
  shunt explain -f deployment.yaml outbound 10.0.0.5:3306 --uid 1000

  # The same for flags, and for a running process
  shunt explain -p 4143 -o 4140 -u 2102 --outbound-ports-to-ignore 3306 outbound 10.0.0.5:3306
  shunt explain --pid 4321 inbound 8080 --from 10.1.2.3

  # A page to look at and to play with
  shunt explain -f pod.yaml --html pod.html

Exit status: 0 done, 1 failed, 64 bad input, 77 not permitted`;
