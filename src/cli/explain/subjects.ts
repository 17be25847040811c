import { ok } from "../../domain/problem.ts";
import { flagRules } from "../../explain/flags-subject.ts";
import type { Subject } from "../../explain/subject.ts";
import type { ExplainIo } from "./explain-io.ts";
import { badInput, type Failed } from "./failure.ts";
import { liveSubjects } from "./live.ts";
import { manifestSubjects } from "./manifests.ts";
import type { Source } from "./options.ts";

type Read = { readonly ok: true; readonly value: readonly Subject[] } | Failed;

/** Reads the rules that were asked for; never none. */
export function readSubjects(source: Source, io: ExplainIo): Read {
	const read = readFrom(source, io);
	return read.ok || "exitCode" in read ? read : badInput(read.problems);
}

function readFrom(source: Source, io: ExplainIo) {
	switch (source.kind) {
		case "flags": {
			const read = flagRules(source.argv, "shunt explain");
			if (!read.ok) {
				return read;
			}
			const { mode, ...rest } = read.value;
			const told = `as shunt init would apply them, mode ${mode}`;
			return ok([{ label: "these flags", source: told, sender: {}, ...rest }]);
		}
		case "manifests":
			return manifestSubjects(source, io);
		case "live":
			return liveSubjects(source, io.host());
	}
}
