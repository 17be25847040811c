import { formatImage } from "../policy/annotation-image.ts";
import type { Image } from "./config.ts";
import type { JsonObject } from "./json.ts";

export function imageFields({ name, version, pullPolicy }: Image): JsonObject {
	return { image: formatImage(name, version), imagePullPolicy: pullPolicy };
}
