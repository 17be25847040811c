import { fileURLToPath } from "node:url";
import { describeRedirection } from "../support/redirected-suite.ts";

describeRedirection({
	kind: "shunt",
	program: fileURLToPath(new URL("../../bin/shunt", import.meta.url)),
	count: (metrics, direction) => {
		const sample = new RegExp(`^shunt_proxy_connections_total\\{direction="${direction}"\\} (\\d+)$`, "m");
		return Number(sample.exec(metrics)?.[1]);
	},
});
