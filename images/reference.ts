/** The images that are made. */
export const imageList = ["shunt-init", "shunt-init-tools", "shunt", "shunt-cni"] as const;

export type ImageName = (typeof imageList)[number];

/**
 * An image's whole name, as runtimes complete what the charts say: `shunt/shunt:1.2.3` is
 * `docker.io/shunt/shunt:1.2.3` to them (github.com/distribution/reference, ParseNormalizedNamed).
 */
export function referenceOf(name: ImageName, version: string): string {
	return `docker.io/shunt/${name}:${version}`;
}
