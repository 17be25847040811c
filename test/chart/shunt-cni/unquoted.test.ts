import { describeTextsWithoutQuotes } from "../support/unquoted-texts.ts";
import { chartFiles, chartFolder, cniPort } from "./support/cni-chart.ts";

describeTextsWithoutQuotes({
	folder: chartFolder,
	files: chartFiles,
	port: cniPort,
	known: [
		"image.version",
		"imageRegistry",
		"excludeNamespaces[0]",
		"repairController.image.version",
		"tolerations[0].value",
		"nodeSelector.key",
		"podAnnotations.key",
		"network",
	],
	least: 35,
	idleTags: ["repairController.image.version"],
});
