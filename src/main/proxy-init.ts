import { createNodeHost } from "../host/node.ts";
import { runInit } from "../init/init.ts";

process.exitCode = runInit(createNodeHost(), process.argv.slice(2), "proxy-init");
