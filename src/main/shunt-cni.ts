import { runPlugin } from "../cni/plugin.ts";
import { createNodeHost } from "../host/node.ts";

// The CNI plugin on Node, for tests and for nodes that the native program is not built for.
process.exitCode = runPlugin(createNodeHost(), process.argv.slice(2));
