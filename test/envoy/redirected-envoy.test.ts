import { envoyProgram } from "../support/envoy-program.ts";
import { describeRedirection } from "../support/redirected-suite.ts";

describeRedirection({ kind: "envoy", program: envoyProgram() });
