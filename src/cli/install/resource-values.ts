import type { PlainMap } from "../../chart/index.ts";
import type { Problem } from "../../domain/problem.ts";
import { isAboveLimit } from "../../policy/setting-forms.ts";
import { isMap, valueAt } from "../chart/plain-maps.ts";

/** Whose resources a release's values say. */
const owners = ["proxyInit", "proxy", "injector"] as const;

/** A request above its limit, which no API server takes and the injector refuses each pod for. */
export function requestsAboveLimits(values: PlainMap): Problem[] {
	return owners.flatMap((owner) => {
		const resources = valueAt(values, [owner, "resources"]);
		return Object.entries(isMap(resources) ? resources : {}).flatMap(([name, bounds]): Problem[] => {
			const [request, limit] = ["request", "limit"].map((bound) => String(valueAt(bounds, [bound]) ?? ""));
			return !isAboveLimit(request, limit)
				? []
				: [
						{
							source: `${owner}.resources.${name}.request`,
							value: request ?? "",
							complaint: `is more than the limit, ${limit}`,
							accepted: `at most that, or a higher ${owner}.resources.${name}.limit`,
						},
					];
		});
	});
}
