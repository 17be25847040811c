import { fileURLToPath } from "node:url";
import { describeRedirection } from "../support/redirected-suite.ts";

describeRedirection({
	kind: "shunt",
	program: fileURLToPath(new URL("../../bin/shunt", import.meta.url)),
});
