import fc from "fast-check";
import { plan } from "../../src/rules/plan.ts";
import { policy } from "./arbitraries.ts";

/** All of them take minutes; a beginning of the whole is for every day, and `make newest-tools` takes all 300. */
const samples = Number(process.env["SHUNT_WIRE_SAMPLES"] ?? "60");
if (!Number.isInteger(samples) || samples < 1 || samples > 300) {
	throw new Error(
		`SHUNT_WIRE_SAMPLES: "${process.env["SHUNT_WIRE_SAMPLES"]}" is not a number of policies: say one from 1 to 300, or leave it out for 60`,
	);
}

/** The same random plans each time, to be made in a kernel by either way and compared. */
export const randomPlans = fc
	.sample(policy, { numRuns: 300, seed: 20_261_130 })
	.slice(0, samples)
	.map((each) => plan(each));
