/** Numbers from linux/capability.h. */
const capabilityNumbers = { net_admin: 12, net_raw: 13 } as const;

export type Capability = keyof typeof capabilityNumbers;

const revision2 = 0x02000000;
const effectiveFlag = 0x000001;

/**
 * The extended attribute `security.capability` of a file that has `capabilities` permitted, and effective from the
 * start if asked for: struct vfs_cap_data of linux/capability.h, revision 2, which has no user namespace in it and so
 * holds wherever the image is unpacked.
 */
export function fileCapability(
	capabilities: readonly Capability[],
	{ effective }: { readonly effective: boolean },
): Buffer {
	const permitted = capabilities.reduce((mask, name) => mask | (1 << capabilityNumbers[name]), 0);
	const inheritable = 0;
	const value = Buffer.alloc(20);
	value.writeUInt32LE(revision2 | (effective ? effectiveFlag : 0), 0);
	value.writeUInt32LE(permitted, 4);
	value.writeUInt32LE(inheritable, 8);
	return value;
}
