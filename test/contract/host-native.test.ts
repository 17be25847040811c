import { execFileSync } from "node:child_process";
import { hostContract } from "./host-contract.ts";

hostContract("the native program", {}, () => {
	execFileSync("native/build.sh", ["host-contract"], { stdio: ["ignore", "ignore", "inherit"] });
	return [`${process.cwd()}/dist/native/host-contract`];
});
