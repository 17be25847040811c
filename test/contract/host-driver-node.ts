import { createNodeHost } from "../../src/host/node.ts";
import { drive } from "./host-driver.ts";

process.exitCode = drive(createNodeHost(), process.argv.slice(2));
