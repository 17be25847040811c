/** Where a connection ended up. */
export type Sighting =
	/** At a port of this network namespace. */
	| { readonly kind: "arrived"; readonly port: number }
	/** Somebody took it, and has ended it before it could be seen who. */
	| { readonly kind: "taken" }
	/** The network's or a program's answer, an errno(3) name. */
	| { readonly kind: "answered"; readonly code: string }
	/** Nobody has answered. A redirected connection stays on this machine and would have been there long since. */
	| { readonly kind: "silent" }
	/** It could not even be sent. */
	| { readonly kind: "unsendable"; readonly code: string };
